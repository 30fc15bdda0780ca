import { softmax } from '../statistics/softmax.js';
import type { Classify, LabelReading } from './contract/exported-prompt.js';

/** Less than this is a matter of rounding. */
const TOLERANCE = 1e-9;
/** How much likelier the words of one label are than those of the others, in the answers that are made up. */
const FAVOUR = 4;

/**
 * Whether the program in an export gives the labels and probabilities that the words, weights and offsets beside it stand for. Scores are
 * computed from those; its users call the program. It is asked once for each label, with answers that favour the label's words.
 *
 * @param prompts how each label is read, prompt by prompt
 */
export async function classifiesAsRead(
  classify: Classify | undefined,
  prompts: readonly (readonly LabelReading[])[],
): Promise<boolean> {
  if (classify === undefined) return true;
  const labels = (prompts[0] ?? []).map(({ label }) => label);
  for (const favoured of labels) {
    const answers = prompts.map((readings) => madeUpAnswer(readings, favoured));
    const shares = prompts.map((readings, p) => softmax(scoresOf(readings, answers[p]!)));
    const means = labels.map((_, l) => shares.reduce((sum, own) => sum + own[l]! / shares.length, 0));
    let asked = 0;
    const { label, probabilities } = await classify('x', () => answers[asked++] ?? {}, 'x');
    const isAlike = labels.every((name, l) => Math.abs((probabilities[name] ?? 0) - means[l]!) < TOLERANCE);
    if (!isAlike || (probabilities[label] ?? 0) < Math.max(...means) - TOLERANCE) return false;
  }
  return true;
}

/** A log-probability for each word, no two alike. */
function madeUpAnswer(readings: readonly LabelReading[], favoured: string): Record<string, number> {
  const words = [...new Set(readings.flatMap((reading) => reading.words))];
  const own = new Set(readings.find(({ label }) => label === favoured)?.words);
  return Object.fromEntries(words.map((word, i) => [word, -1 - i / words.length - (own.has(word) ? 0 : FAVOUR)]));
}

function scoresOf(readings: readonly LabelReading[], answer: Readonly<Record<string, number>>): number[] {
  return readings.map(({ words, weights, offset }) =>
    words.reduce((sum, word, i) => sum + weights[i]! * answer[word]!, -offset),
  );
}
