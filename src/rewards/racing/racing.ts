import type { Rng } from '../../random/rng.js';
import { groupBy } from '../../statistics/groups.js';
import type { Example } from '../../task/types.js';

/** A round of a race: so many prompts are known on so many examples when it ends. */
export interface RaceRound {
  readonly prompts: number;
  /** Counted from the race's start. */
  readonly examples: number;
}

const FIRST_BLOCK = 8;
/** Prompts that are always taken to the end: one alone would leave the step's best without a rival. */
const LEAST_SURVIVORS = 2;

/**
 * Sequential halving (Karnin et al. 2013; for prompts TRIPLE-SH, Shi et al. 2024): the examples double with each round,
 * the prompts halve. 16 prompts and 32 examples give 16 x 8, 8 x 16, 4 x 32: 256 rows in place of 512.
 */
export function raceRounds(promptCount: number, exampleCount: number): RaceRound[] {
  const rounds: RaceRound[] = [];
  let prompts = promptCount;
  for (let examples = Math.min(FIRST_BLOCK, exampleCount); ; examples = Math.min(2 * examples, exampleCount)) {
    rounds.push({ prompts, examples });
    if (examples >= exampleCount) return rounds;
    prompts = Math.min(prompts, Math.max(LEAST_SURVIVORS, Math.ceil(prompts / 2)));
  }
}

/** A prompt's place among those of its step, and its mean reward so far. */
export interface Contender {
  readonly index: number;
  readonly reward: number;
}

/** The contenders with the highest means, as many as `count`; of equals those that come first. */
export function survivors<T extends Contender>(contenders: readonly T[], count: number): T[] {
  return [...contenders].sort((a, b) => b.reward - a.reward || a.index - b.index).slice(0, count);
}

const PRIOR_EXAMPLES = 8;

/**
 * What a prompt that left the race is worth: its mean over n examples, drawn toward the step's mean as if that had been
 * seen on 8 more, (n r + 8 m) / (n + 8). [reward units]
 */
export function shrunkMean(mean: number, n: number, stepMean: number): number {
  return (n * mean + PRIOR_EXAMPLES * stepMean) / (n + PRIOR_EXAMPLES);
}

/** An order of the examples in which every beginning holds the labels as evenly as they come. */
export function balancedOrder(examples: readonly Example[], rng: Pick<Rng, 'shuffled'>): Example[] {
  const byLabel = groupBy(rng.shuffled(examples), ({ label }) => label);
  const groups = rng.shuffled<readonly Example[]>([...byLabel.values()]);
  const longest = Math.max(0, ...groups.map((group) => group.length));
  return Array.from({ length: longest }, (_, i) => groups.flatMap((group) => group.slice(i, i + 1))).flat();
}
