import { RNG_STREAMS, Rng } from '../../random/rng.js';
import type { Evaluation, EvaluationItem, Evaluator, Example } from '../../task/types.js';
import { balancedOrder, raceRounds, shrunkMean, survivors } from './racing.js';

/** More words than the order of the examples draws, so that every step has numbers of its own. */
const WORDS_PER_STEP = 2 ** 24;

/** What is known of a prompt so far: means over `n` examples. */
interface Standing {
  readonly n: number;
  readonly reward: number;
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
  const standings = new Map<number, Standing>();
  let contenders = texts.map((_, i) => i);
  const rounds = raceRounds(texts.length, examples.length);
  for (const round of rounds.slice(0, -1)) {
    contenders = survivors(meansOf(contenders, standings), round.prompts);
    await runRound(
      evaluator,
      contenders.map((i) => [i, texts[i]!] as const),
      order,
      round.examples,
      standings,
    );
  }
  contenders = survivors(meansOf(contenders, standings), rounds.at(-1)!.prompts);
  const complete = await evaluator.evaluate(contenders.map((i) => ({ text: texts[i]!, examples })));
  const byText = new Map(contenders.map((contender, i) => [texts[contender]!, complete[i]!]));
  const partial = partialEvaluations(texts, standings);
  return items.map(({ text }) => byText.get(text) ?? partial.get(text)!);
}

/** Brings contenders to `count` examples: only those are scored that they have not met. */
async function runRound(
  evaluator: Evaluator,
  contenders: readonly (readonly [number, string])[],
  order: readonly Example[],
  count: number,
  standings: Map<number, Standing>,
): Promise<void> {
  const met = standings.get(contenders[0]![0])?.n ?? 0;
  const block = order.slice(met, count);
  const evaluated = await evaluator.evaluate(contenders.map(([, text]) => ({ text, examples: block })));
  contenders.forEach(([contender], i) => {
    const { reward, metrics } = evaluated[i]!;
    const before = standings.get(contender);
    standings.set(contender, pool(before, { n: block.length, reward, metrics }));
  });
}

function pool(before: Standing | undefined, block: Standing): Standing {
  if (!before) return block;
  const n = before.n + block.n;
  const mean = (a: number, b: number): number => (before.n * a + block.n * b) / n;
  const metrics = Object.entries(block.metrics).map(([name, value]) => [name, mean(before.metrics[name]!, value)]);
  return { n, reward: mean(before.reward, block.reward), metrics: Object.fromEntries(metrics) };
}

/** Before the first round all are equal. */
function meansOf(contenders: readonly number[], standings: ReadonlyMap<number, Standing>): Map<number, number> {
  return new Map(contenders.map((contender) => [contender, standings.get(contender)?.reward ?? 0]));
}

function partialEvaluations(
  texts: readonly string[],
  standings: ReadonlyMap<number, Standing>,
): Map<string, Evaluation> {
  const all = [...standings.values()];
  const stepMean = all.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, all.length);
  return new Map(
    [...standings].map(([contender, { n, reward, metrics }]) => [
      texts[contender]!,
      { reward: shrunkMean(reward, n, stepMean), metrics, partial: true },
    ]),
  );
}
