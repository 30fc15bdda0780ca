import type { Rng } from '../../random/rng.js';

/** A sentence with at most one gap, which a language model is to fill with a token. */
export interface Edit {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly hasGap: boolean;
}

export type Word = readonly number[];

/** Tokens grouped into words: a word begins at the first token and at every token that `startsWord`. */
export function wordsOf(tokenIds: readonly number[], startsWord: (tokenId: number) => boolean): Word[] {
  const words: number[][] = [];
  for (const tokenId of tokenIds) {
    const word = words.at(-1);
    if (!word || startsWord(tokenId)) words.push([tokenId]);
    else word.push(tokenId);
  }
  return words;
}

/** Deletes, swaps, substitutes or inserts a word, each as likely as the others where it is possible. */
export function drawEdit(words: readonly Word[], { canGrow, rng }: { canGrow: boolean; rng: Rng }): Edit {
  const edits = [substitute, ...(words.length > 1 ? [remove, swap] : []), ...(canGrow ? [insert] : [])];
  return (edits[rng.below(edits.length)] ?? substitute)(words, rng);
}

function substitute(words: readonly Word[], rng: Rng): Edit {
  const place = rng.below(words.length);
  return { before: words.slice(0, place).flat(), after: words.slice(place + 1).flat(), hasGap: true };
}

function insert(words: readonly Word[], rng: Rng): Edit {
  const place = rng.below(words.length + 1);
  return { before: words.slice(0, place).flat(), after: words.slice(place).flat(), hasGap: true };
}

function remove(words: readonly Word[], rng: Rng): Edit {
  const place = rng.below(words.length);
  return { before: words.slice(0, place).flat(), after: words.slice(place + 1).flat(), hasGap: false };
}

function swap(words: readonly Word[], rng: Rng): Edit {
  const [first = 0, second = 0] = rng.shuffled([...words.keys()]);
  const wordAt = (place: number): Word => words[place] ?? [];
  const swapped = words.with(first, wordAt(second)).with(second, wordAt(first));
  return { before: swapped.flat(), after: [], hasGap: false };
}
