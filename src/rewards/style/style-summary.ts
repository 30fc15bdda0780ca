import { perplexityOf } from '../../metrics/perplexity.js';
import { mean } from '../../statistics/mean.js';
import { zip } from '../../statistics/zip.js';
import type { RewardRow } from '../../task/define/reward-messages.js';
import type { Evaluation, Example, ExampleOutcome, TaskLabel } from '../../task/types.js';
import { dominatedArea } from '../objectives/dominated-area.js';
import { bleuMetric } from './style-bleu.js';
import { outputReward, type SampledOutput, type TextLogProb } from './style-quality.js';

/** The output that counts of a segment of samples, with its fluency. */
export type ChosenOutput = SampledOutput & TextLogProb & { readonly fluency: number };

/** One prompt and input as the cache keeps it: means over the bootstraps, sums of tokens, shares of all samples. */
export function rowOfOutputs(chosen: readonly ChosenOutput[], all: readonly SampledOutput[]): RewardRow {
  const share = (fault: SampledOutput['fault']): number => mean(all.map((output) => Number(output.fault === fault)));
  const content = mean(chosen.map((output) => output.content));
  const style = mean(chosen.map((output) => output.style));
  return {
    reward: mean(chosen.map(outputReward)),
    parts: { content: 100 * content, style: 100 * style },
    metrics: {
      content,
      style,
      fluency: mean(chosen.map((output) => output.fluency)),
      joint: mean(chosen.map(jointOf)),
      volume: meanArea(all, chosen.length),
      empty: share('empty'),
      cut: share('cut'),
      logProb: sum(chosen.map((output) => output.logProb)),
      tokens: sum(chosen.map((output) => output.tokenCount)),
    },
  };
}

/** What the samples of a segment reach in content × style, mean over the segments. */
function meanArea(all: readonly SampledOutput[], segments: number): number {
  const length = all.length / segments;
  const areas = Array.from({ length: segments }, (_, b) =>
    dominatedArea(all.slice(b * length, (b + 1) * length).map(({ content, style }) => [content, style])),
  );
  return mean(areas);
}

/** Product of content, style and fluency of one output (RLPrompt, section 3.2). */
export function jointOf({ content, style, fluency }: { content: number; style: number; fluency: number }): number {
  return content * style * fluency;
}

/**
 * A prompt's evaluation from its rows, one an input. `gm` is the geometric mean of content, style and fluency over the
 * corpus; with the outputs at hand, and references in the data, `bleu` (0 to 100) is there too.
 */
export function summariseRows(
  rows: readonly RewardRow[],
  written?: { readonly examples: readonly Example[]; readonly outputs: readonly (readonly ChosenOutput[])[] },
): Evaluation {
  const averaged = (name: string): number => mean(rows.map(({ metrics }) => metrics[name] ?? Number.NaN));
  const total = (name: string): number => sum(rows.map(({ metrics }) => metrics[name] ?? Number.NaN));
  const [content, style, fluency] = [averaged('content'), averaged('style'), averaged('fluency')];
  const perplexity = perplexityOf([{ logProb: total('logProb'), tokenCount: total('tokens') }]);
  return {
    reward: mean(rows.map(({ reward }) => reward)),
    metrics: {
      content,
      style,
      fluency,
      joint: averaged('joint'),
      gm: Math.cbrt(content * style * fluency),
      ...(written &&
        bleuMetric(
          [...zip(written.examples, written.outputs)].flatMap(([example, all]) =>
            all.map(({ text }) => ({ example, text })),
          ),
        )),
      ...(Number.isFinite(perplexity) ? { perplexity } : {}),
      empty: averaged('empty'),
      cut: averaged('cut'),
    },
    parts: { content: 100 * content, style: 100 * style },
    volume: averaged('volume'),
    exampleRewards: Float64Array.from(rows, ({ reward }) => reward),
  };
}

/** What was written for one input: of the bootstraps' best outputs the best. */
export function toOutcome(
  example: Example,
  styles: readonly TaskLabel[],
  outputs: readonly ChosenOutput[],
  reward: number,
): ExampleOutcome {
  const best = outputs.reduce((one, other) => (outputReward(other) > outputReward(one) ? other : one));
  const { text, fault, content, style, fluency } = best;
  const label = styles[example.label ?? -1]?.name;
  return {
    index: example.index,
    ...(label === undefined ? {} : { label }),
    output: text,
    ...(fault === undefined ? {} : { fault }),
    scores: { content, style, fluency, joint: jointOf(best) },
    reward,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
