import { characterClass, NO_MARKS, NO_PUNCTUATION, NO_SPACELESS_MARKS } from './older-unicode.js';

/** Blanks as Unicode has them: with U+0085, without U+FEFF, other than JavaScript's `\s`. */
export function isWhitespace(character: string): boolean {
  return WHITESPACE.test(character);
}

/** Punctuation of Unicode, and the signs of ASCII. */
export function isPunctuation(character: string): boolean {
  return PUNCTUATION.test(character);
}

export function isNumeric(character: string): boolean {
  return NUMERIC.test(character);
}

/** Control, format and private characters. */
export function isOther(character: string): boolean {
  return OTHER.test(character);
}

export function isChinese(character: string): boolean {
  return CHINESE.test(character);
}

const WHITESPACE = /^\p{White_Space}$/u;
const PUNCTUATION = new RegExp(`^(?!${characterClass(NO_PUNCTUATION)})[\\p{P}\\u166d\\u{111c9}!-/:-@[-\`{-~]$`, 'u');
const NUMERIC = /^\p{N}$/u;
const OTHER = /^(?![\u0890\u0891\u08e2\u{110cd}\u{13430}-\u{1343f}])[\p{Cc}\p{Cf}\p{Co}]$/u;
const CHINESE =
  /^[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]$/u;

/** Accents and other marks. */
export const MARKS = new RegExp(`(?!${characterClass(NO_MARKS)})[\\p{M}\\u1cf2\\u1cf3]`, 'gu');

/** Marks without a width of their own. */
export const SPACELESS_MARKS = new RegExp(`(?!${characterClass(NO_SPACELESS_MARKS)})[\\p{Mn}\\u1734\\u{1171e}]`, 'gu');

/** The characters of a word in the expressions of Rust. */
export const WORD = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`;

export function trimStart(text: string): string {
  return text.replace(/^\p{White_Space}+/u, '');
}

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isWhitespace(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Each byte of a text's UTF-8 as one printable character: the alphabet of byte-level BPE. */
export function toByteCharacters(text: string): string {
  if (PRINTABLE.test(text)) return text;
  if (text.startsWith(' ') && PRINTABLE.test(text.slice(1))) return BYTE_CHARACTERS[32] + text.slice(1);
  let characters = '';
  for (const byte of encoder.encode(text)) characters += BYTE_CHARACTERS[byte];
  return characters;
}

const PRINTABLE = /^[!-~]*$/;
const encoder = new TextEncoder();

/** GPT-2's table: printable Latin-1 bytes are themselves, the other 68 are the code points from 256 on. */
const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  const isPrintable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
}

const BYTE_OF_CHARACTER = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** The byte that a character of that alphabet stands for. */
export function byteOfCharacter(character: string): number | undefined {
  return BYTE_OF_CHARACTER.get(character);
}
