import { RlpromptError } from '../errors.js';
import { Rng } from '../random/rng.js';
import { MAX_ITEMS, MIN_ITEMS, type Ranking, raterSetKey, setKey } from './ranking.js';

/** Texts to be ranked against each other. */
export interface RatingSet {
  readonly context: string;
  readonly items: readonly string[];
}

/**
 * Draws different sets of texts to rank, fewer than asked for where the texts make no more. Each text is shown before any is
 * shown twice; equal seeds draw equal sets.
 * @param options `where` names the texts' run or file in errors
 * @throws RlpromptError `E_RATING_TEXTS` for fewer than two different texts
 */
export function drawSets(
  texts: readonly string[],
  { items, sets, seed, context, where }: { items: number; sets: number; seed: number; context: string; where?: string },
): RatingSet[] {
  const pool = [...new Set(texts.filter((text) => text.trim() !== ''))];
  const size = Math.min(items, pool.length, MAX_ITEMS);
  if (size < MIN_ITEMS) {
    throw new RlpromptError({
      code: 'E_RATING_TEXTS',
      exit: 'data',
      message: `there ${pool.length === 1 ? 'is 1 different text' : `are ${pool.length} different texts`}; ranking needs at least ${MIN_ITEMS}`,
      where,
      kept: 'nothing was written',
      next: 'rate a run with more prompts, or a file with one text per line',
    });
  }
  const rng = Rng.create(seed, 'examples');
  const drawn = new Map<string, RatingSet>();
  const wanted = Math.min(sets, setsAmong(pool.length, size));
  let queue: string[] = [];
  while (drawn.size < wanted) {
    if (queue.length < size) queue = [...queue, ...rng.shuffled(pool.filter((text) => !queue.includes(text)))];
    const set = { context, items: queue.slice(0, size) };
    if (!drawn.has(setKey(set))) drawn.set(setKey(set), set);
    queue = queue.slice(size);
  }
  return [...drawn.values()];
}

/** How many sets of a size a number of texts makes. */
function setsAmong(texts: number, size: number): number {
  let count = 1;
  for (let i = 0; i < size; i++) count = (count * (texts - i)) / (i + 1);
  return count;
}

/** The sets that a rater has not ranked yet. */
export function openSets(sets: readonly RatingSet[], done: readonly Ranking[], rater: string): RatingSet[] {
  const known = new Set(done.map(raterSetKey));
  return sets.filter((set) => !known.has(raterSetKey({ ...set, rater })));
}
