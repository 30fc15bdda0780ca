import { isDeepStrictEqual } from 'node:util';
import { RlpromptError } from '../../errors.js';
import { zip } from '../../statistics/zip.js';
import type { RewardRow } from '../../task/define/reward-messages.js';
import type { RewardBatch, Task } from '../../task/types.js';
import { batchSeed, type RewardScorer } from './custom-evaluator.js';

const EXAMPLES = 4;
/** Where a task has no manual prompts, these words stand for what a policy might say. */
const ANY_PROMPT = 'Answer:';

export interface DryRun {
  readonly metric: 'accuracy' | 'reward';
  readonly warnings: readonly string[];
}

/** Two prompts on a few examples: what every reward is tried on before a run. */
export function sampleBatch(task: Task): RewardBatch {
  const prompts = ['', task.manualPrompts[0] ?? ANY_PROMPT];
  return { prompts, examples: task.splits.train.slice(0, EXAMPLES), split: 'train' };
}

/**
 * Runs a reward on two prompts, twice, before anything is trained: its mistakes show at once, and whether it gives the
 * same answer to the same question. Costs a few forwards, which are not counted.
 *
 * @throws RlpromptError E_PLUGIN_NONDETERMINISTIC, and what the reward itself fails with
 */
export async function dryRun(task: Task, host: RewardScorer, seed: number): Promise<DryRun> {
  const batch = sampleBatch(task);
  const options = { seed: batchSeed(seed, batch) };
  const first = await host.score(batch, options);
  const second = await host.score(batch, options);
  const metric = first.every(({ metrics }) => metrics.accuracy !== undefined) ? 'accuracy' : 'reward';
  if (task.stochastic) return { metric, warnings: [RANDOM] };
  for (const [prompt, [once, again]] of zip(batch.prompts, zip(first, second))) {
    if (!isDeepStrictEqual(once, again)) throw nondeterministic(task, prompt, once, again);
  }
  return { metric, warnings: [] };
}

const RANDOM =
  'the task says that its reward is random (stochastic: true), so scores of the same prompt may differ; ' +
  'a resumed run repeats this one only as far as the reward does';

function nondeterministic(task: Task, prompt: string, first: RewardRow, second: RewardRow): RlpromptError {
  return new RlpromptError({
    code: 'E_PLUGIN_NONDETERMINISTIC',
    exit: 'internal',
    message:
      `the reward of ${JSON.stringify(prompt)} was ${first.reward} and then ${second.reward} on the same examples` +
      (first.reward === second.reward ? ' with other parts or metrics' : ''),
    where: task.file,
    next: 'draw random numbers from context.rng, or say stochastic: true in the task',
  });
}
