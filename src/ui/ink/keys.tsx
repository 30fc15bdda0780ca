import { type Key, useInput } from 'ink';

/** Reads the keyboard in raw mode while `active`; hands on characters as a terminal sends them. */
export function Keys({ active, onInput }: { active: boolean; onInput: (input: string) => void }): null {
  useInput((input, key) => onInput(rawCharacters(input, key)), { isActive: active });
  return null;
}

/** Undoes Ink's naming of keys; those without a use here (arrows, tab, Alt with a letter) come out empty. */
export function rawCharacters(input: string, key: Partial<Key>): string {
  if (key.return) return '\r';
  if (key.escape) return '\u001B';
  if (key.backspace || key.delete) return '\u007F';
  if (key.ctrl) return /^[a-z]$/.test(input) ? String.fromCharCode(input.charCodeAt(0) & 31) : '';
  return key.meta || key.tab ? '' : input;
}
