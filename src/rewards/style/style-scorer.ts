import { labelOffsets } from '../../classifier/label-offsets.js';
import { RlpromptError } from '../../errors.js';
import { requireCapability } from '../../lm/load.js';
import type { ClassifyCapability, LanguageModel } from '../../lm/model/types.js';
import { quotedList } from '../../quoted-list.js';
import { pick } from '../../statistics/pick.js';
import { softmax } from '../../statistics/softmax.js';
import { zip } from '../../statistics/zip.js';
import type { TaskLabel } from '../../task/types.js';
import { defaultTemplate } from '../../template/parse-template.js';

/** Says of texts in which style they are written. */
export interface StyleScorer {
  /** Probability of each of the task's styles, [texts][styles]. */
  probabilities(texts: readonly string[]): Promise<number[][]>;
}

/** What a model without style classes is asked. */
export interface StyleQuestion {
  /** Stands between a text and the words of the styles. */
  readonly prompt: string;
  /** Texts of all styles: how likely a word is after these says nothing of a text, and is subtracted. */
  readonly typicalTexts: readonly string[];
}

/**
 * A style scorer from a model: a sequence classifier by its classes, any other by how much likelier than usual it takes
 * the styles' words to be after the text and a question.
 *
 * @throws RlpromptError E_STYLE_CLASSES, E_MODEL_CAPABILITY, E_VERBALIZER_…
 */
export function styleScorer(model: LanguageModel, styles: readonly TaskLabel[], question: StyleQuestion): StyleScorer {
  const { classify } = model.capabilities;
  return classify ? byClassifier(model.name, classify, styles) : byLabelWords(model, styles, question);
}

function byClassifier(name: string, classifier: ClassifyCapability, styles: readonly TaskLabel[]): StyleScorer {
  const columns = styles.map((style) => classOf(style, name, classifier.classNames));
  const width = classifier.classNames.length;
  return {
    probabilities: async (texts) => {
      const values = await classifier.classify(texts);
      return texts.map((_, row) => pick(values.subarray(row * width, (row + 1) * width), columns));
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
    message: `the classifier ${model} has no class "${style.name}"; its classes are ${quotedList(classNames)}`,
    where: '--style-model',
    next: 'rename the styles with --verbalizer style=class, or name another model',
  });
}

function byLabelWords(model: LanguageModel, styles: readonly TaskLabel[], question: StyleQuestion): StyleScorer {
  const scorer = requireCapability(model, 'labelScores');
  const template = defaultTemplate(model.family === 'masked' ? 'masked' : 'causal');
  const labels = scorer.resolveLabels(
    template,
    styles.map(({ name, word }) => ({ label: name, word })),
  );
  const scoresOf = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const rows = texts.map((_, input) => [0, input] as const);
    const asked = { template, prompts: [question.prompt], inputs: texts, labels, rows, normalise: 'none' } as const;
    const scores = await scorer.labelScores(asked);
    return texts.map((_, row) => scores.subarray(row * labels.length, (row + 1) * labels.length));
  };
  let offsets: Promise<readonly number[]> | undefined;
  return {
    probabilities: async (texts) => {
      offsets ??= scoresOf(question.typicalTexts).then((rows) => labelOffsets(rows, labels.length));
      const usual = await offsets;
      return (await scoresOf(texts)).map((scores) =>
        softmax(Array.from(zip(scores, usual), ([score, mean]) => score - mean)),
      );
    },
  };
}
