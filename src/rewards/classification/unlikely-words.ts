import { givenWords } from '../../classifier/given-words.js';
import type { LabelScoresCapability, LabelWord, LanguageModel } from '../../lm/model/types.js';
import { groupBy } from '../../statistics/groups.js';
import { mean } from '../../statistics/mean.js';
import { shareError } from '../../statistics/share-error.js';
import type { Example, Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';

/**
 * With less of a target LM's answers than this, label words are hardly ever what it would write. Alone that says nothing:
 * words with 0.003 % of the answers tell labels apart on public sets (docs/lab-notebook/log.md).
 */
const LEAST_SHARE = 0.01;
/** Rows that the share is measured on: it differs by orders of magnitude, not by percents. */
const ROWS = 8;
const WORDS_SHOWN = 4;

export interface UnlikelyWordsParts {
  readonly task: Pick<Task, 'labels'>;
  readonly targetLm: Pick<LanguageModel, 'name' | 'takesMessages' | 'capabilities'>;
  readonly template: Template;
}

/** A prompt with its accuracy on some rows, read by the given label words. */
export interface GivenReading {
  readonly prompt: string;
  readonly accuracy: number;
}

export interface UnlikelyWords {
  readonly code: 'unlikely-label-words';
  readonly message: string;
  readonly hint: string;
}

/**
 * Whether a target LM hardly ever writes the given label words where they read no better than guesses. Nothing is
 * computed where the best prompt is better than that; else the likely answers to a few rows, which are known by then.
 * A model that is sent messages is judged row by row.
 */
export async function unlikelyWords(
  { task, targetLm, template }: UnlikelyWordsParts,
  scored: readonly GivenReading[],
  examples: readonly Example[],
  signal?: AbortSignal,
): Promise<UnlikelyWords | undefined> {
  const [best] = scored.toSorted((a, b) => b.accuracy - a.accuracy);
  const { labelScores } = targetLm.capabilities;
  if (!best || !labelScores?.answerWords || targetLm.takesMessages) return undefined;
  const guess = bestGuess(examples);
  if (best.accuracy > guess + shareError(guess, examples.length)) return undefined;
  const inputs = [...new Set(examples.map(({ text }) => text))].slice(0, ROWS);
  const words = givenWords(task.labels).flatMap(({ label, words }) => words.map((word) => ({ label, word })));
  const asked = {
    template,
    prompts: [best.prompt],
    inputs,
    rows: inputs.map((_, input) => [0, input] as const),
    signal,
  };
  const answers = await shareOfAnswers(labelScores, asked, words);
  if (!answers || answers.share >= LEAST_SHARE) return undefined;
  const likelier = answers.likeliest.map((word) => JSON.stringify(word)).join(', ');
  const after = best.prompt === '' ? 'no prompt' : `the prompt ${JSON.stringify(best.prompt)}`;
  return {
    code: 'unlikely-label-words',
    message:
      `${targetLm.name} hardly ever writes the label words: after ${after} they hold ${percent(answers.share)} of its ` +
      `answers. It is likelier to write ${likelier}. The accuracy of ${best.accuracy.toFixed(2)} is no better than guessing`,
    hint: 'a run with --label-words found looks for words that it does write, and --verbalizer gives others',
  };
}

/** The accuracy of naming the most frequent label of all rows. */
function bestGuess(examples: readonly Example[]): number {
  const sizes = Array.from(groupBy(examples, ({ label }) => label).values(), (rows) => rows.length);
  return Math.max(...sizes) / examples.length;
}

interface Answers {
  /** Mean probability of all label words together. */
  readonly share: number;
  readonly likeliest: readonly string[];
}

/** Undefined where the likeliest answers are the label words themselves. */
async function shareOfAnswers(
  scorer: LabelScoresCapability,
  asked: Omit<Parameters<LabelScoresCapability['labelScores']>[0], 'labels' | 'normalise'>,
  words: readonly { readonly label: string; readonly word: string }[],
): Promise<Answers | undefined> {
  const likely = await scorer.answerWords!({ ...asked, count: words.length + WORDS_SHOWN });
  const own = new Set(words.map(({ word }) => word.toLowerCase()));
  const others = likely.words.filter((word) => !own.has(word.toLowerCase()));
  const [reference] = others;
  if (reference === undefined) return undefined;
  // Scores lack what is the same for all words of a row: one whose probability is known gives the others theirs.
  const labels: LabelWord[] = scorer.resolveLabels(asked.template, [...words, { label: reference, word: reference }]);
  const scores = await scorer.labelScores({ ...asked, labels, normalise: 'none' });
  const column = likely.words.indexOf(reference);
  const shares = asked.rows.map((_, row) => {
    const scoreOf = (word: number) => scores[row * labels.length + word]!;
    const missing = likely.logProbs[row * likely.words.length + column]! - scoreOf(words.length);
    return words.reduce((sum, _, word) => sum + Math.exp(scoreOf(word) + missing), 0);
  });
  return { share: mean(shares), likeliest: others.slice(0, WORDS_SHOWN) };
}

function percent(share: number): string {
  const shown = share * 100;
  return shown < 1e-4 ? 'less than 0.0001 %' : `${Number(shown.toPrecision(2))} %`;
}
