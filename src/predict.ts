import type { Classifier } from './classifier/classifier.js';
import { demonstratedTemplate } from './classifier/demonstrated-template.js';
import type { RunConfig } from './config/run-config.js';
import type { DownloadProgress } from './lm/hub/hub.js';
import { loadLanguageModel } from './lm/load.js';
import { prepareEvaluator } from './rewards/create-evaluator.js';
import { modelOptions } from './run/prepare/model-options.js';
import type { Evaluator, Example, Task } from './task/types.js';
import { labelText } from './template/label-text.js';
import { parseTemplate } from './template/parse-template.js';
import { renderTemplate } from './template/render-template.js';
import type { Template } from './template/template.js';

/** The answer for one text. */
export interface Prediction {
  readonly label: string;
  /** By label; they sum to one. */
  readonly probabilities: Readonly<Record<string, number>>;
}

interface ReadLabel {
  readonly label: string;
  /** The words it was read by, as the target LM saw them. */
  readonly texts: readonly string[];
  /** What was subtracted from its score; missing where nothing was. */
  readonly offset?: number;
}

/** How an answer came about. */
export interface Explanation extends Prediction {
  /** The text that the target LM reads; a label word follows it, or stands at its mask. */
  readonly rendered: string;
  readonly words: readonly ReadLabel[];
}

export interface OpenClassifier {
  readonly target: string;
  /** sha256 of the target LM's files. */
  readonly digest: string;
  readonly warnings: readonly string[];
  /** In the order of the texts; the same digits whatever else is asked for. */
  predict(texts: readonly string[], signal?: AbortSignal): Promise<Prediction[]>;
  explain(text: string): Promise<Explanation>;
  close(): Promise<void>;
}

export interface OpenClassifierOptions {
  /** All texts that will be asked about: those that are too long are told of at once. */
  readonly texts: readonly string[];
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * Loads a classifier's target LM. Texts are scored by the code that scores them in a run and in `evaluatePrompts`.
 *
 * @throws RlpromptError `E_INPUT_TOO_LONG` where most texts do not fit, and whatever keeps the model from being loaded
 */
export async function openClassifier(
  classifier: Classifier,
  config: RunConfig,
  { texts, onProgress }: OpenClassifierOptions,
): Promise<OpenClassifier> {
  const targetLm = await loadLanguageModel(config.target, { ...modelOptions(config), onProgress });
  try {
    const family = targetLm.family === 'masked' ? 'masked' : 'causal';
    const template = demonstratedTemplate(parseTemplate(classifier.template, { family }), classifier.demonstrations);
    const task = taskOf(classifier, config, texts);
    const prepared = await prepareEvaluator({
      task,
      targetLm,
      template,
      settings: { ...config, calibrate: 'none', labelWords: 'given' },
    });
    const { evaluator } = prepared.create();
    const { tokenizer } = targetLm;
    const mask = tokenizer?.maskTokenId === undefined ? undefined : tokenizer.piece(tokenizer.maskTokenId);
    const predict = (some: readonly string[], signal?: AbortSignal) => ask(evaluator, classifier, some, signal);
    return {
      target: targetLm.name,
      digest: targetLm.digest,
      warnings: [...targetLm.notes, ...prepared.warnings],
      predict,
      explain: async (text) => {
        const [prediction] = (await predict([text])) as [Prediction];
        return { ...prediction, ...shownText(classifier, template, text, mask) };
      },
      close: async () => {
        prepared.close();
        await targetLm.dispose();
      },
    };
  } catch (error) {
    await targetLm.dispose();
    throw error;
  }
}

async function ask(
  evaluator: Evaluator,
  { prompt, words, offsets }: Classifier,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Prediction[]> {
  const item = { text: prompt.trim(), examples: examplesOf(texts), reading: { words, demonstrations: [] } };
  const options = { details: true, ...(signal ? { signal } : {}) };
  const [evaluation] = await evaluator.evaluate([{ ...item, ...(offsets ? { offsets } : {}) }], options);
  return (evaluation?.outcomes ?? []).map(({ probabilities = {} }) => {
    const likeliest = Object.entries(probabilities).reduce((best, other) => (other[1] > best[1] ? other : best));
    return { label: likeliest[0], probabilities };
  });
}

function shownText({ prompt, words, offsets }: Classifier, template: Template, input: string, mask?: string) {
  return {
    rendered: renderTemplate(template, { prompt, input, ...(mask === undefined ? {} : { mask }) }),
    words: words.map(({ label, words: own }, i) => ({
      label,
      texts: own.map((word) => labelText(template, word)),
      ...(offsets ? { offset: offsets[i]! } : {}),
    })),
  };
}

/** The texts as rows of a task; their labels are not known, and nothing that comes of them is used. */
function taskOf({ words }: Classifier, { normalise = 'none' }: RunConfig, texts: readonly string[]): Task {
  return {
    name: 'predict',
    kind: 'classification',
    description: '',
    source: 'predict',
    file: undefined,
    groupBy: 'batch',
    labels: words.map(({ label, words: own }) => ({ name: label, word: own[0] ?? label, words: own })),
    splits: { train: [], dev: [], test: examplesOf(texts) },
    template: undefined,
    manualPrompts: [],
    normalise,
    stochastic: false,
    digest: '',
    warnings: [],
  };
}

function examplesOf(texts: readonly string[]): Example[] {
  return texts.map((text, index) => ({ index, text: text.trim(), label: 0, fields: {} }));
}
