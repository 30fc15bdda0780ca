import type { ScoredToken } from './completion-answer.js';
import { foldedWord } from './word-scores.js';

const WORD = /^\p{L}{2,}$/u;

/** Words that a service's answers may begin with, those with the largest mean log-probability first. */
export interface LikelyAnswers {
  /** In small letters: the case in which a word is written does not count. */
  readonly words: readonly string[];
  /** [rows, words] row-major. A word that a row does not list has its smallest value, which it cannot exceed. */
  readonly logProbs: Float32Array;
}

/**
 * The words among the likeliest tokens of each row's answer.
 *
 * @param rows the likeliest tokens at the answer's first place, [rows]
 * @param isSpaced an answer begins with a space: a token without one is a part of a word
 */
export function likelyAnswers(
  rows: readonly (readonly ScoredToken[])[],
  { count, isSpaced }: { readonly count: number; readonly isSpaced: boolean },
): LikelyAnswers {
  const masses = rows.map((tokens) => massesOf(tokens, isSpaced));
  const floors = rows.map((tokens) => Math.min(0, ...tokens.map(({ logProb }) => logProb)));
  const means = new Map<string, number>();
  const level = floors.reduce((sum, floor) => sum + floor / rows.length, 0);
  for (const [row, own] of masses.entries()) {
    for (const [word, mass] of own) {
      means.set(word, (means.get(word) ?? level) + (Math.log(mass) - (floors[row] ?? 0)) / rows.length);
    }
  }
  const ranked = [...means].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const words = ranked.slice(0, count).map(([word]) => word);
  const logProbs = masses.flatMap((own, row) =>
    words.map((word) => {
      const mass = own.get(word);
      return mass === undefined ? (floors[row] ?? 0) : Math.log(mass);
    }),
  );
  return { words, logProbs: Float32Array.from(logProbs) };
}

/** The probability of each whole word among some tokens, in any case. */
function massesOf(tokens: readonly ScoredToken[], isSpaced: boolean): Map<string, number> {
  const masses = new Map<string, number>();
  for (const { token, logProb } of tokens) {
    const { word, hasSpace } = foldedWord(token);
    if (WORD.test(word) && (hasSpace || !isSpaced)) masses.set(word, (masses.get(word) ?? 0) + Math.exp(logProb));
  }
  return masses;
}
