import { isDeepStrictEqual } from 'node:util';
import { RlpromptError } from '../../errors.js';
import type { RewardRow } from '../../task/define/reward-messages.js';
import type { RewardBatch, Task } from '../../task/types.js';
import { sampleBatch } from './custom-dry-run.js';
import { batchSeed, type RewardScorer } from './custom-evaluator.js';

/** One thing that was looked at, what was found, and what it means for a run. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly name: string;
  readonly found: string;
  /** Only where something is to be done. */
  readonly meaning?: string;
}

/** Prompts as a policy may well propose them: replacement characters for parts of others, markup, quotes. */
const ODD_PROMPTS = ['\u{fffd}\u{fffd}', '"\\\' {{x}} <b> %s', 'ÿ\tü 漢字 …', 'x '.repeat(200).trim()];

export interface RewardCheckSettings {
  readonly seed: number;
  /** Seconds a call may take. */
  readonly rewardTimeout: number;
  readonly promptsPerStep: number;
}

/** Tries a custom reward as a run would, and then harder. Stops at the first error: what follows would only repeat it. */
export async function* checkReward(
  task: Task,
  host: RewardScorer,
  settings: RewardCheckSettings,
): AsyncGenerator<Finding, void> {
  const score = (batch: RewardBatch) => host.score(batch, { seed: batchSeed(settings.seed, batch) });
  const sample = sampleBatch(task);
  // The first call also starts the process; only the second one is timed.
  const first = await score(sample);
  yield { level: 'ok', name: 'answers', found: `${listed(first)} for two prompts` };
  const since = performance.now();
  const second = await score(sample);
  const seconds = (performance.now() - since) / 1000;
  yield compareTwice(task, first, second);
  const alone = await score({ ...sample, prompts: sample.prompts.slice(1) });
  yield compareAlone(task, first[1]!, alone[0]!);
  yield judgeSpeed(task, (sample.prompts.length * sample.examples.length) / seconds, settings);
  yield await tryOddPrompts(task, score);
  yield await trySplits(task, score);
}

function compareTwice(task: Task, first: readonly RewardRow[], second: readonly RewardRow[]): Finding {
  const name = 'deterministic';
  if (isDeepStrictEqual(first, second))
    return { level: 'ok', name, found: 'the same prompts got the same rewards twice' };
  const found = `rewards were ${listed(first)} and then ${listed(second)}`;
  if (task.stochastic) {
    return { level: 'ok', name, found, meaning: 'stochastic: true says so; a resumed run will not repeat exactly' };
  }
  return {
    level: 'error',
    name,
    found,
    meaning: 'a run would refuse it: take random numbers from context.rng, or say stochastic: true in the task',
  };
}

function compareAlone(task: Task, together: RewardRow, alone: RewardRow): Finding {
  const name = 'independent';
  if (task.stochastic || isDeepStrictEqual(together, alone)) {
    return { level: 'ok', name, found: 'a prompt’s reward does not depend on the prompts beside it' };
  }
  return {
    level: 'warning',
    name,
    found: `a prompt got ${together.reward} beside another and ${alone.reward} alone`,
    meaning: 'a run scores a prompt once and remembers that; rewards should depend on prompt and examples only',
  };
}

/** Two digits that count, without an exponent: 240, 0.54. */
function twoDigits(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function judgeSpeed(task: Task, rowsPerSecond: number, settings: RewardCheckSettings): Finding {
  const rows = settings.promptsPerStep * task.splits.train.length;
  const seconds = rows / rowsPerSecond;
  const found = `${twoDigits(rowsPerSecond)} rows per second; a step of ${rows} rows takes about ${twoDigits(seconds)} s`;
  if (seconds < settings.rewardTimeout) return { level: 'ok', name: 'speed', found };
  return {
    level: 'warning',
    name: 'speed',
    found,
    meaning: `a call is stopped after ${settings.rewardTimeout} s: use fewer examples, --prompts-per-step, or a longer --reward-timeout`,
  };
}

function listed(rows: readonly RewardRow[]): string {
  return rows.map(({ reward }) => Number(reward.toPrecision(6))).join(', ');
}

async function tryOddPrompts(
  task: Task,
  score: (batch: RewardBatch) => Promise<readonly RewardRow[]>,
): Promise<Finding> {
  const examples = task.splits.train.slice(0, 1);
  await score({ prompts: ODD_PROMPTS, examples, split: 'train' });
  return {
    level: 'ok',
    name: 'odd prompts',
    found: 'replacement characters (U+FFFD), markup, quotes and long prompts are handled',
  };
}

async function trySplits(task: Task, score: (batch: RewardBatch) => Promise<readonly RewardRow[]>): Promise<Finding> {
  const spread: number[] = [];
  for (const split of ['dev', 'test'] as const) {
    const prompts = [...new Set(['', 'Answer:', ...task.manualPrompts])];
    const rows = await score({ prompts, examples: task.splits[split].slice(0, 4), split });
    spread.push(Math.max(...rows.map(({ reward }) => reward)) - Math.min(...rows.map(({ reward }) => reward)));
  }
  if (spread.some((value) => value > 0)) {
    return { level: 'ok', name: 'tells prompts apart', found: 'different prompts got different rewards' };
  }
  return {
    level: 'warning',
    name: 'tells prompts apart',
    found: 'every prompt got the same reward on dev and test',
    meaning: 'with equal rewards there is nothing to learn from: look for a reward that grows step by step',
  };
}

/** A reward's failure as a finding; anything else is thrown on. */
export function findingOf(error: unknown): Finding {
  if (!(error instanceof RlpromptError)) throw error;
  const { code, message, where, next } = error;
  return {
    level: 'error',
    name: code,
    found: [message, where].filter(Boolean).join(' · '),
    ...(next === undefined ? {} : { meaning: next }),
  };
}
