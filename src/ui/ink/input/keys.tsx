import { type Key, useInput } from 'ink';
import { useEffect } from 'react';
import { DOWN, UP } from './arrows.js';

interface KeysProps {
  readonly active: boolean;
  readonly onInput: (input: string) => void;
  /** Called when keys reach `onInput`. */
  readonly onReady: () => void;
}

/** Reads the keyboard in raw mode while `active`; hands on characters as a terminal sends them. */
export function Keys({ active, onInput, onReady }: KeysProps): null {
  useInput((input, key) => onInput(rawCharacters(input, key)), { isActive: active });
  useEffect(onReady, [onReady]);
  return null;
}

/** Undoes Ink's naming of keys; those without a use here (tab, Alt with a letter) come out empty. */
export function rawCharacters(input: string, key: Partial<Key>): string {
  if (key.return) return '\r';
  if (key.upArrow) return UP;
  if (key.downArrow) return DOWN;
  if (key.escape) return '\u001B';
  if (key.backspace || key.delete) return '\u007F';
  if (key.ctrl) return /^[a-z]$/.test(input) ? String.fromCharCode(input.charCodeAt(0) & 31) : '';
  return key.meta || key.tab ? '' : input;
}
