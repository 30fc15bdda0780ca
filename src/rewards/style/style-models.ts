import { RlpromptError } from '../../errors.js';
import { requireCapability } from '../../lm/load.js';
import type { EmbedCapability, LanguageModel, LikelihoodCapability } from '../../lm/model/types.js';
import type { Task } from '../../task/types.js';
import { referencesOf } from './style-references.js';
import { type StyleScorer, styleScorer } from './style-scorer.js';

/** The settings that name the models which judge rewritten texts. */
export interface StyleModelSettings {
  readonly contentModel?: string | undefined;
  readonly styleModel?: string | undefined;
  readonly fluencyModel?: string | undefined;
  readonly stylePrompt: string;
}

/** The models that judge rewritten texts, by setting; the target LM itself where a setting is left out. */
export interface StyleModels {
  readonly contentModel: LanguageModel;
  readonly styleModel: LanguageModel;
  readonly fluencyModel: LanguageModel;
}

/** What rewritten texts are judged by. */
export interface StyleJudges {
  readonly content: EmbedCapability;
  readonly style: StyleScorer;
  readonly fluency: LikelihoodCapability;
}

/** The settings that name them. */
export const STYLE_MODEL_SETTINGS = ['contentModel', 'styleModel', 'fluencyModel'] as const;

/** Refuses, before a model is loaded, a style-transfer task without an encoder and judges for a task without outputs. */
export function checkStyleModels(task: Pick<Task, 'name' | 'kind'>, settings: StyleModelSettings): void {
  if (task.kind === 'style-transfer' && settings.contentModel === undefined) {
    throw new RlpromptError({
      code: 'E_STYLE_CONTENT_MODEL',
      exit: 'config',
      message: 'a style-transfer task needs an encoder that says how much of the content is kept',
      where: `task ${task.name}`,
      next: 'add --content-model, a folder or hub id of an encoder such as Xenova/all-MiniLM-L6-v2',
    });
  }
  const idle = STYLE_MODEL_SETTINGS.find((key) => settings[key] !== undefined);
  if (task.kind !== 'style-transfer' && idle !== undefined) {
    throw new RlpromptError({
      code: 'E_STYLE_MODEL_UNUSED',
      exit: 'config',
      message: `${idle} is only for style-transfer tasks; ${task.name} is of kind ${task.kind}`,
      where: idle,
      next: 'leave it out',
    });
  }
}

/** Loads the judges of a style-transfer task; undefined for other tasks. */
export async function loadStyleModels(
  task: Pick<Task, 'name' | 'kind'>,
  settings: StyleModelSettings,
  targetLm: LanguageModel,
  load: (name: string) => Promise<LanguageModel>,
): Promise<StyleModels | undefined> {
  if (task.kind !== 'style-transfer') return undefined;
  const loadOrTarget = async (name: string | undefined) => (name === undefined ? targetLm : await load(name));
  return {
    contentModel: await load(settings.contentModel!),
    styleModel: await loadOrTarget(settings.styleModel),
    fluencyModel: await loadOrTarget(settings.fluencyModel),
  };
}

/** sha256 of each judge by its setting: part of what a run depends on. */
export function styleDigests(models: StyleModels | undefined): Record<string, string> {
  return models === undefined ? {} : Object.fromEntries(STYLE_MODEL_SETTINGS.map((key) => [key, models[key].digest]));
}

/** @throws RlpromptError E_MODEL_CAPABILITY, E_STYLE_CLASSES, E_VERBALIZER_… */
export function styleJudges(models: StyleModels, task: Pick<Task, 'labels' | 'splits'>, prompt: string): StyleJudges {
  // A data file that is only scored has no train examples; its inputs, and references where it has them, then serve.
  const { train, test } = task.splits;
  const typicalTexts = (train.length > 0 ? train : test).flatMap((one) => [one.text, ...referencesOf(one)]);
  return {
    content: requireCapability(models.contentModel, 'embed'),
    style: styleScorer(models.styleModel, task.labels, { prompt, typicalTexts }),
    fluency: requireCapability(models.fluencyModel, 'likelihood'),
  };
}
