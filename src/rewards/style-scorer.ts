import { RlpromptError } from '../errors.js';
import { requireCapability } from '../lm/load.js';
import type { ClassifyCapability, LanguageModel } from '../lm/types.js';
import type { TaskLabel } from '../task/types.js';
import { defaultTemplate } from '../template/parse-template.js';

/** Says of texts in which style they are written. */
export interface StyleScorer {
  /** Probability of each of the task's styles, [texts][styles]. */
  probabilities(texts: readonly string[]): Promise<number[][]>;
}

/**
 * A style scorer from a model: a sequence classifier by its classes, any other by how likely it takes the styles'
 * words to be after the text and `question`.
 *
 * @throws RlpromptError E_STYLE_CLASSES, E_MODEL_CAPABILITY, E_VERBALIZER_…
 */
export function styleScorer(model: LanguageModel, styles: readonly TaskLabel[], question: string): StyleScorer {
  const { classify } = model.capabilities;
  return classify ? byClassifier(model.name, classify, styles) : byLabelWords(model, styles, question);
}

function byClassifier(name: string, classifier: ClassifyCapability, styles: readonly TaskLabel[]): StyleScorer {
  const columns = styles.map((style) => classOf(style, name, classifier.classNames));
  const width = classifier.classNames.length;
  return {
    probabilities: async (texts) => {
      const values = await classifier.classify(texts);
      return texts.map((_, row) => columns.map((column) => values[row * width + column]!));
    },
  };
}

function classOf(style: TaskLabel, model: string, classNames: readonly string[]): number {
  const wanted = [style.name, style.word].map((name) => name.toLowerCase());
  const index = classNames.findIndex((name) => wanted.includes(name.toLowerCase()));
  if (index >= 0) return index;
  throw new RlpromptError({
    code: 'E_STYLE_CLASSES',
    exit: 'config',
    message: `the classifier ${model} has no class "${style.name}"; its classes are ${classNames.map((name) => `"${name}"`).join(', ')}`,
    where: '--style-model',
    next: 'rename the styles with --verbalizer style=class, or name another model',
  });
}

function byLabelWords(model: LanguageModel, styles: readonly TaskLabel[], question: string): StyleScorer {
  const scorer = requireCapability(model, 'labelScores');
  const template = defaultTemplate(model.family === 'masked' ? 'masked' : 'causal');
  const labels = scorer.resolveLabels(
    template,
    styles.map(({ name, word }) => ({ label: name, word })),
  );
  return {
    probabilities: async (texts) => {
      const rows = texts.map((_, input) => [0, input] as const);
      const asked = { template, prompts: [question], inputs: texts, labels, rows, normalise: 'none' } as const;
      const scores = await scorer.labelScores(asked);
      return texts.map((_, row) => softmax(scores.subarray(row * labels.length, (row + 1) * labels.length)));
    },
  };
}

function softmax(scores: Float32Array): number[] {
  const highest = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
