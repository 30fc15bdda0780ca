import { labelText } from '../../template/label-text.js';
import { type Template, tailOf } from '../../template/template.js';
import type { Tokenizer } from './types.js';

/**
 * Where the tokens of a text end and those of a label word begin. A tokenizer may join a template's last blanks with the
 * word after them; the seam is then before these blanks. One that joins a blank with the word before it has it after.
 */
export interface LabelSeam {
  /** UTF-16 units at a text's end that are tokenised with the word; -1 where the text takes the word's space instead. */
  readonly taken: number;
  /** Tokens of these units that all words have in common; they are before the seam again. */
  readonly lead: readonly number[];
  /** The tokens of a word's text after the seam. */
  tokens(text: string): number[];
}

/** Ends of what fills a slot, before a template's last literal text; the first is the usual one. */
const ANCHORS = ['It', 'all', 'in', 'the', 'so.'] as const;
/** What these share with all label words belongs to the template. */
const PROBES = ['the', 'A', 'zebra'];
const MOST_TAKEN = 64;

/**
 * The seam of a causal template for some words, found on the tokens of the whole text.
 *
 * @param texts the words as `labelText` writes them; without any, a seam for common words
 */
export function labelSeam(tokenizer: Tokenizer, template: Template, texts: readonly string[] = []): LabelSeam {
  const tail = tailOf(template);
  const words = texts.length > 0 ? texts : [labelText(template, 'the')];
  for (const taken of seamPlaces(tail, words)) {
    const isSeam = ANCHORS.every((anchor) => {
      const before = tokenizer.encode(toSeam(anchor + tail, taken));
      return words.every((word) => {
        const whole = tokenizer.encode(anchor + tail + word);
        return whole.length > before.length && beginsWith(whole, before);
      });
    });
    if (isSeam) return seamAt(tokenizer, template, words, taken);
  }
  return { taken: 0, lead: [], tokens: (text) => continuationTokens(tokenizer, text) };
}

/** The places that come into question, the likeliest first; never within a character. */
function* seamPlaces(tail: string, words: readonly string[]): Generator<number> {
  yield 0;
  if (words.every((word) => word.startsWith(' '))) yield -1;
  for (let taken = 1; taken <= Math.min(MOST_TAKEN, tail.length); taken++) {
    if (!/^[\udc00-\udfff]/.test(tail.slice(tail.length - taken))) yield taken;
  }
}

function seamAt(tokenizer: Tokenizer, template: Template, words: readonly string[], taken: number): LabelSeam {
  const whole = ANCHORS[0] + tailOf(template);
  const before = tokenizer.encode(toSeam(whole, taken));
  const encodeWith = (text: string) => tokenizer.encode(whole + text);
  const shown = [...words, ...PROBES.map((probe) => labelText(template, probe))];
  const lead = taken <= 0 ? [] : commonBeginning(shown.map(encodeWith)).slice(before.length);
  const start = before.length + lead.length;
  return { taken, lead, tokens: (text) => encodeWith(text).slice(start) };
}

function toSeam(text: string, taken: number): string {
  if (taken < 0) return `${text} `;
  return taken === 0 ? text : text.slice(0, -taken);
}

/** Tokenises the part of a text that is before the seam. */
export function encodeToSeam(encode: (text: string) => number[], { taken, lead }: LabelSeam) {
  return (text: string): number[] => [...encode(toSeam(text, taken)), ...lead];
}

/**
 * The tokens of a text that continues another one. Some tokenizers put a space of their own before a text's first
 * word; after an anchor they do not.
 */
export function continuationTokens(tokenizer: Tokenizer, text: string): number[] {
  const anchor = text.startsWith(' ') ? ANCHORS[0] : '"';
  const before = tokenizer.encode(anchor);
  const both = tokenizer.encode(anchor + text);
  const isKept = before.length > 0 && beginsWith(both, before);
  return isKept ? both.slice(before.length) : tokenizer.encode(text);
}

function beginsWith(tokens: readonly number[], beginning: readonly number[]): boolean {
  return beginning.every((id, i) => tokens[i] === id);
}

/** What all have in common, at least one token less than any of them has. */
function commonBeginning(rows: readonly (readonly number[])[]): number[] {
  const [first = [], ...others] = rows;
  const end = Math.min(...rows.map((row) => row.length)) - 1;
  let length = 0;
  while (length < end && others.every((row) => row[length] === first[length])) length++;
  return first.slice(0, length);
}
