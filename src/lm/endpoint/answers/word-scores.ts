import type { Completion, ScoredToken, TokenPosition } from './completion-answer.js';

/** How likely each word is as a service's answer. */
export interface WordScores {
  /**
   * [words], natural logarithms. A word of several tokens may have that of its beginning; one that was not seen at all
   * has the smallest value that was, which it cannot exceed.
   */
  readonly logProbs: readonly number[];
  /** Words that were not seen as a whole. */
  readonly unseen: readonly string[];
  /** Words of which no beginning was seen either. */
  readonly censored: number;
}

/**
 * Log-probability of each word as the whole answer, from the likeliest tokens in each written place. White space and marks
 * such as `**` and quotes before the answer do not count, nor does the case of letters where the words differ without it. Where a token begins
 * several words ("1" of "1" and "10"), the next token tells them apart; a service gives that for the token that it has
 * written only, any other counts for the word that it spells.
 *
 * @param oneToken words that the model writes as one token: what begins like them is another word
 * @returns undefined where no word is among the likeliest tokens
 */
export function wordScores(
  { positions }: Completion,
  words: readonly string[],
  oneToken: readonly string[] = [],
): WordScores | undefined {
  const fold = folderOf(words);
  const folded = words.map(fold);
  const search = {
    positions,
    fold,
    words: folded,
    masses: words.map(() => 0),
    begun: words.map(() => nothing),
    bare: unwrapper(folded),
  };
  share(search, 0, '', 1);
  const unseen = words.filter((_, word) => search.masses[word] === 0);
  search.begun.forEach(({ mass }, word) => {
    if (search.masses[word] === 0 && !oneToken.includes(words[word]!)) search.masses[word] = mass;
  });
  const floor = Math.min(...(positions[0]?.likeliest ?? []).map(({ logProb }) => logProb));
  if (!search.masses.some((mass) => mass > 0)) return undefined;
  return {
    logProbs: search.masses.map((mass) => (mass > 0 ? Math.log(mass) : floor)),
    unseen,
    censored: search.masses.filter((mass) => mass === 0).length,
  };
}

interface Search {
  readonly positions: readonly TokenPosition[];
  readonly words: readonly string[];
  readonly masses: number[];
  /** What was seen of each word's beginnings: counts only where the word itself was not seen. */
  readonly begun: { readonly length: number; readonly mass: number }[];
  readonly fold: (text: string) => string;
  readonly bare: (text: string) => string;
}

/** Shares out the probability of having written `before`, which is nothing, a word, or the beginning of one. */
function share(search: Search, at: number, before: string, probability: number): void {
  const { positions, words, masses, fold, bare } = search;
  const position = positions[at];
  let left = probability;
  for (const { token, logProb } of candidatesOf(position)) {
    const text = before === '' ? bare(fold(token)) : before + fold(token);
    const mass = probability * Math.exp(logProb);
    const isWritten = token === position!.token && at + 1 < positions.length;
    if (text === before) {
      if (before === '' && isWritten) share(search, at + 1, '', mass);
      continue;
    }
    left -= mass;
    const longer = words.filter((word) => word !== text && word.startsWith(text));
    if (longer.length > 0 && isWritten) {
      share(search, at + 1, text, mass);
      continue;
    }
    const spelled = words.findIndex((word) => isAnswer(text, word));
    if (spelled >= 0) masses[spelled]! += mass;
    else if (longer.length === 1) noteBeginning(search, words.indexOf(longer[0]!), { length: text.length, mass });
  }
  const own = words.indexOf(before);
  if (own >= 0) masses[own]! += Math.max(0, left);
}

const nothing = { length: 0, mass: 0 };

/** A tokenizer that cuts a word cuts it into long pieces: the longest beginning is the one that is meant. */
function noteBeginning({ begun }: Search, word: number, { length, mass }: { length: number; mass: number }): void {
  const before = begun[word]!;
  if (length > before.length) begun[word] = { length, mass };
  else if (length === before.length) begun[word] = { length, mass: before.mass + mass };
}

/** The likeliest tokens; the written one is among them even where the service leaves it out. */
function candidatesOf(position: TokenPosition | undefined): readonly ScoredToken[] {
  if (position === undefined) return [];
  const { token, logProb, likeliest } = position;
  return likeliest.some((one) => one.token === token) || Number.isNaN(logProb) ? likeliest : [position, ...likeliest];
}

/** The word, or the word and something that is none of its letters. */
function isAnswer(text: string, word: string): boolean {
  return text.startsWith(word) && !/^[\p{L}\p{N}]/u.test(text.slice(word.length));
}

function folderOf(words: readonly string[]): (text: string) => string {
  const ignoresCase = new Set(words.map((word) => word.toLowerCase())).size === words.length;
  return (text) => (ignoresCase ? spaced(text).toLowerCase() : spaced(text));
}

/** Tokenizers write a space before a word as ▁ or Ġ. */
function spaced(token: string): string {
  return token.replace(/[▁Ġ]/g, ' ');
}

/** A token as the word that it may be, and whether a space is before it. */
export function foldedWord(token: string): { readonly word: string; readonly hasSpace: boolean } {
  const text = spaced(token);
  return { word: text.trim().toLowerCase(), hasSpace: /^\s/.test(text) };
}

/** Takes off what an answer may be wrapped in; marks that a word begins with stay. */
function unwrapper(words: readonly string[]): (text: string) => string {
  const hasMarks = words.some((word) => /^[^\p{L}\p{N}]/u.test(word));
  return (text) => (hasMarks ? text.trimStart() : text.replace(/^[\s*_"'`“”‘’«»([{#>-]+/u, ''));
}

/** Whether what is written so far may still become another word, or has not begun. */
export function isUndecided(text: string, words: readonly string[]): boolean {
  const fold = folderOf(words);
  const folded = words.map(fold);
  const written = unwrapper(folded)(fold(text));
  return folded.some((word) => word !== written && word.startsWith(written));
}

/** Whether a word is all that was written. */
export function isWord(text: string, word: string): boolean {
  const fold = folderOf([word]);
  return fold(text).trim() === fold(word);
}

/** Whether a word is one of the tokens that an answer may begin with: with a space before it where the written one has it. */
export function isAnswerToken({ token, likeliest }: TokenPosition, word: string): boolean {
  const fold = folderOf([word]);
  const begins = /^\s/.test(fold(token)) ? ` ${fold(word)}` : fold(word);
  return likeliest.some((one) => fold(one.token) === begins);
}

/** The word that a written answer begins with, where it begins with one; marks such as quotes before it are passed over. */
export function wordOfAnswer(text: string, words: readonly string[]): number | undefined {
  const fold = folderOf(words);
  const answer = fold(text).replace(/^[^\p{L}\p{N}]+/u, '');
  const found = words.findIndex((word) => isAnswer(answer, fold(word)));
  return found < 0 ? undefined : found;
}
