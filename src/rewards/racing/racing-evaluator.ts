import { RNG_STREAMS, Rng } from '../../random/rng.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../task/types.js';
import { balancedOrder, type Contender, raceRounds, shrunkMean, survivors } from './racing.js';

/** More words than the order of the examples draws, so that every step has numbers of its own. */
const WORDS_PER_STEP = 2 ** 24;

/** What is known of a prompt so far: means over `n` examples, 0 before the first round. */
interface Standing extends Contender {
  readonly text: string;
  readonly n: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Evaluates the prompts of a step by a race: all of them on the same few examples, those that do well on more, the last
 * ones on all. An evaluation of a prompt that left the race is marked `partial`: its reward is drawn toward the step's
 * mean, and it must not be ranked beside complete ones. The examples' order is a pure function of seed and step.
 *
 * @param items prompts that share one list of examples
 */
export async function race(
  evaluator: Evaluator,
  items: readonly EvaluationItem[],
  { seed, step }: { readonly seed: number; readonly step: number },
): Promise<Evaluation[]> {
  const texts = [...new Set(items.map(({ text }) => text))];
  const examples = items[0]?.examples ?? [];
  const rng = Rng.restore({ seed, stream: RNG_STREAMS.racing, counter: step * WORDS_PER_STEP });
  const order = balancedOrder(examples, rng);
  const all = texts.map((text, index): Standing => ({ index, text, n: 0, reward: 0, metrics: {} }));
  const rounds = raceRounds(texts.length, examples.length);
  const last = rounds.pop();
  let contenders = all;
  for (const round of rounds) {
    contenders = await runRound(evaluator, survivors(contenders, round.prompts), order.slice(0, round.examples));
    for (const standing of contenders) all[standing.index] = standing;
  }
  contenders = survivors(contenders, last?.prompts ?? 0);
  const complete = await evaluator.evaluate(
    contenders.map(({ text }) => ({ text, examples })),
    { ofStep: true },
  );
  const finalists = Array.from(zip(contenders, complete), ([{ text }, evaluation]) => [text, evaluation] as const);
  const byText = new Map([...partialEvaluations(all), ...finalists]);
  return items.flatMap(({ text }) => byText.get(text) ?? []);
}

/** Brings contenders to these examples: only those are scored that they have not met. */
async function runRound(
  evaluator: Evaluator,
  contenders: readonly Standing[],
  examples: readonly Example[],
): Promise<Standing[]> {
  const block = examples.slice(contenders[0]?.n ?? 0);
  const evaluated = await evaluator.evaluate(
    contenders.map(({ text }) => ({ text, examples: block })),
    { ofStep: true },
  );
  return Array.from(zip(contenders, evaluated), ([before, evaluation]) => pool(before, evaluation, block.length));
}

function pool(before: Standing, { reward, metrics }: Evaluation, count: number): Standing {
  const n = before.n + count;
  if (before.n === 0) return { ...before, n, reward, metrics };
  const mean = (a: number, b: number): number => (before.n * a + count * b) / n;
  const means = Object.entries(metrics).map(([name, value]) => [name, mean(before.metrics[name] ?? Number.NaN, value)]);
  return { ...before, n, reward: mean(before.reward, reward), metrics: Object.fromEntries(means) };
}

function partialEvaluations(all: readonly Standing[]): [text: string, evaluation: Evaluation][] {
  const met = all.filter(({ n }) => n > 0);
  const stepMean = met.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, met.length);
  return met.map(({ text, n, reward, metrics }) => [
    text,
    { reward: shrunkMean(reward, n, stepMean), metrics, partial: true },
  ]);
}
