import type { OutputStream } from './quiet-writer.js';

const DRAWN: Readonly<Record<string, string>> = {
  '━': '=',
  '─': '-',
  '┤': '|',
  '│': '|',
  '┼': '+',
  '╸': '=',
  '·': '.',
  '…': '~',
  '★': '*',
  '›': '>',
  '↑': '^',
  '↓': 'v',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '−': '-',
  '±': '+',
  '×': 'x',
  Σ: 'S',
};

/** Braille dots of the upper half of a cell, of its lower half, and of both, as ASCII. */
const UPPER_DOTS = 0b0001_1011;

/**
 * Whether the terminal shows characters beyond ASCII. Locale variables count in the order of POSIX: the first that is set decides.
 * Where none is set, as in many containers, the terminal itself is UTF-8 as a rule.
 */
export function wantsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale !== undefined && locale !== '' && !/utf-?8/i.test(locale);
}

/** A text with every character in ASCII, each as wide as it was; curves of braille dots keep their heights. */
export function toAscii(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => DRAWN[character] ?? dots(character));
}

function dots(character: string): string {
  const code = (character.codePointAt(0) ?? 0) - 0x2800;
  if (code < 0 || code > 0xff) return '?';
  if (code === 0) return ' ';
  const isUpper = (code & UPPER_DOTS) !== 0;
  const isLower = (code & ~UPPER_DOTS) !== 0;
  return isUpper && isLower ? ':' : isUpper ? "'" : '.';
}

/** A terminal to which all text goes in ASCII. */
export function asciiStream(terminal: OutputStream): OutputStream {
  return {
    get isTTY() {
      return terminal.isTTY;
    },
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
    write: (text, done) => terminal.write(toAscii(text), done),
    on: (event, listener) => terminal.on(event, listener),
    off: (event, listener) => terminal.off(event, listener),
  };
}
