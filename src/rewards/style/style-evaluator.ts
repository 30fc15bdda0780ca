import { createHash } from 'node:crypto';
import { requireCapability } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { pick } from '../../statistics/pick.js';
import { zip } from '../../statistics/zip.js';
import type { RewardRow } from '../../task/define/reward-messages.js';
import type { Evaluation, EvaluationItem, EvaluationOptions, Evaluator, Example, Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';
import { pairKey } from '../cache/record-key.js';
import type { RewardCache } from '../cache/reward-cache.js';
import type { StyleJudges } from './style-models.js';
import { judgeFluency, judgeOutputs, type SamplingSettings, type StylePair, writeOutputs } from './style-outputs.js';
import { bestOfSegments } from './style-quality.js';
import { type ChosenOutput, rowOfOutputs, summariseRows, toOutcome } from './style-summary.js';

/**
 * The style-transfer reward of RLPrompt (section 3.2): the target LM rewrites each input several times, an encoder says
 * how much of the content is kept and a classifier how much of the wanted style is there; the best of each segment of
 * samples counts. One prompt and input is one row of the cache.
 */
export class StyleEvaluator implements Evaluator {
  readonly metric = 'joint';
  private readonly writer: Parameters<typeof writeOutputs>[0];

  constructor(
    private readonly task: Task,
    targetLm: LanguageModel,
    private readonly judges: StyleJudges,
    private readonly cache: RewardCache,
    private readonly template: Template,
    private readonly settings: SamplingSettings,
  ) {
    this.writer = { generate: requireCapability(targetLm, 'generate'), tokenizer: targetLm.tokenizer };
  }

  /** A forward is one output written by the target LM. */
  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.cache.forwards, cacheHits: this.cache.cacheHits };
  }

  async evaluate(
    items: readonly EvaluationItem[],
    { signal, details = false }: EvaluationOptions = {},
  ): Promise<Evaluation[]> {
    const pairs = new Map<string, StylePair>();
    for (const { text, examples } of items) {
      for (const example of examples) pairs.set(keyOfPair(text, example), { prompt: text, example });
    }
    const chosen = new Map<StylePair, ChosenOutput[]>();
    const rows = await this.rows([...pairs.values()], chosen, signal);
    const rowOf = new Map(zip(pairs.values(), rows));
    if (details) await this.writeAgain([...pairs.values()], chosen, signal);
    return items.map(({ text, examples }) => {
      const met = examples.flatMap((example) => pairs.get(keyOfPair(text, example)) ?? []);
      const known = met.flatMap((pair) => rowOf.get(pair) ?? []);
      if (!details) return summariseRows(known);
      const outputs = met.map((pair) => chosen.get(pair) ?? []);
      const outcomes = [...zip(examples, zip(outputs, known))].map(([example, [written, { reward }]]) =>
        toOutcome(example, this.task.labels, written, reward),
      );
      return { ...summariseRows(known, { examples, outputs }), outcomes };
    });
  }

  /** The reward row of each pair; what was newly written for it is put into `chosen`. */
  private rows(
    pairs: readonly StylePair[],
    chosen: Map<StylePair, ChosenOutput[]>,
    signal: AbortSignal | undefined,
  ): Promise<RewardRow[]> {
    const exampleCount = this.settings.samples * this.settings.bootstraps;
    const keys = pairs.map(({ prompt, example }) => ({ prompt, examplesKey: exampleKey(example), exampleCount }));
    return this.cache.rewards(keys, async (positions) => {
      const unpaid = pick(pairs, positions);
      const scored = await this.score(unpaid, signal);
      for (const [pair, { outputs }] of zip(unpaid, scored)) chosen.set(pair, outputs);
      return scored.map(({ row }) => row);
    });
  }

  /** Outputs of pairs whose rewards were known: they are not kept, but the seed gives them again. */
  private async writeAgain(
    pairs: readonly StylePair[],
    chosen: Map<StylePair, ChosenOutput[]>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const missing = pairs.filter((pair) => !chosen.has(pair));
    if (missing.length === 0) return;
    const scored = await this.score(missing, signal);
    for (const [pair, { outputs }] of zip(missing, scored)) chosen.set(pair, outputs);
  }

  private async score(
    pairs: readonly StylePair[],
    signal: AbortSignal | undefined,
  ): Promise<{ row: RewardRow; outputs: ChosenOutput[] }[]> {
    const generations = await writeOutputs(this.writer, this.template, pairs, this.settings, signal);
    const judged = await judgeOutputs(this.judges, pairs, generations);
    const best = judged.map((outputs) => bestOfSegments(outputs, this.settings.bootstraps));
    const flat = [...zip(best, pairs)].flatMap(([outputs, { example }]) =>
      outputs.map(({ text, fault }) => ({ text, input: example.text, isFaulty: fault !== undefined })),
    );
    const fluency = await judgeFluency(this.judges, flat);
    return [...zip(best, judged)].map(([outputs, all], pair) => {
      const start = pair * this.settings.bootstraps;
      const chosen = [...zip(outputs, fluency.slice(start))].map(([output, fluent]) => ({ ...output, ...fluent }));
      return { outputs: chosen, row: rowOfOutputs(chosen, all) };
    });
  }
}

function keyOfPair(prompt: string, example: Example): string {
  return pairKey(exampleKey(example), prompt);
}

/** What the reward of an input depends on: its text and the style that is wanted. */
function exampleKey({ text, label }: Example): string {
  return createHash('sha256')
    .update(JSON.stringify([text, label]))
    .digest('hex')
    .slice(0, 16);
}
