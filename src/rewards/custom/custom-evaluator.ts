import { createHash } from 'node:crypto';
import { RlpromptError } from '../../errors.js';
import { groupBy } from '../../statistics/groups.js';
import { zip } from '../../statistics/zip.js';
import type { RewardRow } from '../../task/define/reward-messages.js';
import type { Evaluation, EvaluationItem, Evaluator, Example, RewardBatch, Split, Task } from '../../task/types.js';
import { pairKey } from '../cache/record-key.js';
import type { RewardCache } from '../cache/reward-cache.js';

/** Means and squares of larger numbers leave the range of single precision, in which rewards are kept. */
const LARGEST = 1e18;

/** Runs a task's reward on a batch of prompts. */
export interface RewardScorer {
  score(batch: RewardBatch, options: { seed: number; signal?: AbortSignal }): Promise<readonly RewardRow[]>;
}

/** Evaluates prompts by a task's own reward. */
export class CustomEvaluator implements Evaluator {
  private readonly exampleKeys = new WeakMap<readonly Example[], string>();

  /** @param metric `accuracy` where the reward gives one, else `reward` */
  constructor(
    private readonly task: Task,
    private readonly host: RewardScorer,
    private readonly cache: RewardCache,
    private readonly settings: { readonly seed: number },
    readonly metric: 'accuracy' | 'reward',
  ) {}

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.cache.forwards, cacheHits: this.cache.cacheHits };
  }

  async evaluate(items: readonly EvaluationItem[], { signal }: { signal?: AbortSignal } = {}): Promise<Evaluation[]> {
    const evaluations = new Map<string, Evaluation>();
    const keyOf = ({ text, examples }: EvaluationItem): string => pairKey(this.examplesKey(examples), text);
    for (const group of groupBy(items, ({ examples }) => this.examplesKey(examples)).values()) {
      const unique = [...new Map(group.map((item) => [item.text, item])).values()];
      const rows = await this.reward(unique, signal);
      for (const [item, row] of zip(unique, rows)) evaluations.set(keyOf(item), this.toEvaluation(row, item.text));
    }
    return items.flatMap((item) => evaluations.get(keyOf(item)) ?? []);
  }

  /** Rewards of different prompts on the same examples. */
  private reward(items: readonly EvaluationItem[], signal: AbortSignal | undefined): Promise<RewardRow[]> {
    const examples = items[0]?.examples ?? [];
    const examplesKey = this.examplesKey(examples);
    const keys = items.map(({ text }) => ({ prompt: text, examplesKey, exampleCount: examples.length }));
    return this.cache.rewards(keys, (positions) => {
      const prompts = positions.flatMap((i) => items[i]?.text ?? []);
      const batch = { prompts, examples, split: splitOf(this.task, examples) };
      return this.host.score(batch, { seed: batchSeed(this.settings.seed, batch), ...(signal ? { signal } : {}) });
    });
  }

  private toEvaluation({ reward, parts, metrics }: RewardRow, prompt: string): Evaluation {
    for (const [name, value] of Object.entries({ ...parts, ...metrics, reward })) this.checkRange(name, value, prompt);
    if (this.metric === 'accuracy' && metrics.accuracy === undefined) throw this.lostMetric(prompt);
    const named = this.metric === 'reward' ? { ...metrics, reward } : metrics;
    return { reward, metrics: named, ...(Object.keys(parts).length > 0 ? { parts } : {}) };
  }

  private checkRange(name: string, value: number, prompt: string): void {
    if (Math.abs(value) <= LARGEST) return;
    throw new RlpromptError({
      code: 'E_REWARD_RANGE',
      exit: 'internal',
      message: `${name === 'reward' ? 'the reward' : `"${name}"`} of the prompt ${JSON.stringify(prompt)} is ${value}; at most ${LARGEST} can be averaged`,
      where: this.task.file,
      next: 'scale the reward down, try it with: rlprompt tasks check <task>; then resume with --changed-task',
    });
  }

  private lostMetric(prompt: string): RlpromptError {
    return new RlpromptError({
      code: 'E_PLUGIN_METRIC',
      exit: 'internal',
      message: `the reward gave an accuracy before, but none for the prompt ${JSON.stringify(prompt)}`,
      where: this.task.file,
      next: 'give metrics.accuracy for every prompt, or for none',
    });
  }

  private examplesKey(examples: readonly Example[]): string {
    let key = this.exampleKeys.get(examples);
    if (key === undefined) {
      const rows = examples.map(({ index, text, label, fields }) => [index, text, label ?? null, fields]);
      const text = JSON.stringify([splitOf(this.task, examples), rows]);
      key = createHash('sha256').update(text).digest('hex').slice(0, 16);
      this.exampleKeys.set(examples, key);
    }
    return key;
  }
}

/** The same batch draws the same random numbers, whenever it is scored. */
export function batchSeed(seed: number, { prompts, examples, split }: RewardBatch): number {
  const text = JSON.stringify([seed, split, prompts, examples.map(({ index }) => index)]);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

function splitOf(task: Task, examples: readonly Example[]): Split {
  const [first] = examples;
  const splits = ['train', 'dev', 'test'] as const;
  return splits.find((split) => first !== undefined && task.splits[split][first.index] === first) ?? 'test';
}
