import { mean, meanOfRecords } from '../statistics/mean.js';
import { zip } from '../statistics/zip.js';
import type { Evaluation, Example, ExampleOutcome } from '../task/types.js';
import { bleuMetric } from './style/style-bleu.js';

type PerClass = NonNullable<Evaluation['perClass']>;

/**
 * How good prompts of one input each are together: what a policy that writes a prompt for each input is judged by.
 * Means over the inputs; counts are added. `gm` is that of the means; `perplexity` is the geometric mean over inputs, and
 * `bleu` that of the corpus of the best outputs, which single inputs have not.
 *
 * @param singles one for each example, of that example alone
 */
export function combineEvaluations(singles: readonly Evaluation[], examples: readonly Example[]): Evaluation {
  const outcomes = singles.flatMap((one) => one.outcomes ?? []);
  const confusion = sumOfTables(singles.flatMap((one) => (one.confusion ? [one.confusion] : [])));
  return {
    reward: mean(singles.map(({ reward }) => reward)),
    metrics: combineMetrics(singles, examples, outcomes),
    ...(singles[0]?.parts ? { parts: meanOfRecords(singles.map((one) => one.parts ?? {})) } : {}),
    exampleRewards: Float64Array.from(singles, ({ reward }) => reward),
    ...(confusion ? { confusion, perClass: combineClasses(singles) } : {}),
    ...(outcomes.length > 0 ? { outcomes } : {}),
  };
}

function combineMetrics(
  singles: readonly Evaluation[],
  examples: readonly Example[],
  outcomes: readonly ExampleOutcome[],
): Record<string, number> {
  const metrics = meanOfRecords(singles.map((one) => one.metrics));
  const { gm, perplexity, bleu, content = 0, style = 0, fluency = 0 } = metrics;
  const perplexities = singles.flatMap((one) => one.metrics.perplexity ?? []);
  return {
    ...metrics,
    ...(gm === undefined ? {} : { gm: Math.cbrt(content * style * fluency) }),
    ...(perplexity === undefined ? {} : { perplexity: Math.exp(mean(perplexities.map(Math.log))) }),
    ...(bleu === undefined
      ? {}
      : bleuMetric([...zip(examples, outcomes)].map(([example, { output: text = '' }]) => ({ example, text })))),
  };
}

/** Labels in their own order, which is that of the confusion's rows. */
function combineClasses(singles: readonly Evaluation[]): PerClass {
  const rows = new Map<number, PerClass[number][]>();
  for (const { perClass = [], confusion = [] } of singles) {
    const row = confusion.findIndex((counts) => counts.some((count) => count > 0));
    rows.set(row, [...(rows.get(row) ?? []), ...perClass]);
  }
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([, classes]) => ({
      label: classes[0]?.label ?? '',
      n: classes.length,
      accuracy: mean(classes.map(({ accuracy }) => accuracy)),
      reward: mean(classes.map(({ reward }) => reward)),
    }));
}

function sumOfTables(tables: readonly (readonly (readonly number[])[])[]): number[][] | undefined {
  return tables[0]?.map((row, i) => row.map((_, j) => tables.reduce((sum, table) => sum + (table[i]?.[j] ?? 0), 0)));
}
