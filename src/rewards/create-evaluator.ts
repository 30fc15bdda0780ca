import { join } from 'node:path';
import { cacheRoot } from '../files/program-folders.js';
import { requireCapability } from '../lm/load.js';
import type { TruncatedPart } from '../lm/model/label-rows.js';
import type { LanguageModel } from '../lm/model/types.js';
import type { Evaluator, Task } from '../task/types.js';
import type { Template } from '../template/template.js';
import { RewardCache } from './cache/reward-cache.js';
import { ScoreCache, type ScoreSink } from './cache/score-cache.js';
import { ScoreStore } from './cache/score-store.js';
import { ClassificationEvaluator, type ClassificationSettings } from './classification/classification-evaluator.js';
import { checkInputLengths } from './classification/input-lengths.js';
import { LabelWordChooser, type ReaderSettings } from './classification/label-word-chooser.js';
import { dryRun } from './custom/custom-dry-run.js';
import { CustomEvaluator } from './custom/custom-evaluator.js';
import { RewardHost } from './custom/custom-host.js';
import { RewardLanguageModel } from './custom/custom-language-model.js';
import { StyleEvaluator } from './style/style-evaluator.js';
import { type StyleModelSettings, type StyleModels, styleJudges } from './style/style-models.js';
import type { SamplingSettings } from './style/style-outputs.js';

export interface EvaluatorSettings
  extends ClassificationSettings,
    ReaderSettings,
    SamplingSettings,
    StyleModelSettings {
  readonly cache: boolean;
  /** Seconds that one call of a custom reward may take. */
  readonly rewardTimeout: number;
  readonly maxRewardErrors: number;
  readonly device: string;
  readonly prefixSharing: boolean;
  readonly int8Batches: boolean;
  readonly truncate?: TruncatedPart | undefined;
  readonly promptLength: number;
}

export interface EvaluatorParts {
  readonly task: Task;
  readonly targetLm: LanguageModel;
  readonly template: Template;
  /** Style transfer only. */
  readonly styleModels?: StyleModels | undefined;
  readonly settings: EvaluatorSettings;
  /** Receives what a custom reward prints, escaped and bounded. */
  readonly onOutput?: (text: string) => void;
}

/** All that evaluating needs was seen to work; nothing is counted or written yet. */
export interface PreparedEvaluator {
  readonly warnings: readonly string[];
  create(sink?: ScoreSink): {
    evaluator: Evaluator;
    cache: ScoreCache | RewardCache;
    /** Classification only. */
    reading?: {
      evaluator: ClassificationEvaluator;
      chooser: LabelWordChooser;
      /** Calibrates over the rows that it scores, so that few rows cost few forwards. */
      trial: Evaluator;
    };
  };
  close(): void;
}

/** Makes ready what a task's kind is evaluated by; a custom reward is tried out before it is trusted with a run. */
export async function prepareEvaluator(parts: EvaluatorParts): Promise<PreparedEvaluator> {
  if (parts.task.kind === 'custom') return await prepareCustom(parts);
  return parts.styleModels ? prepareStyleTransfer(parts, parts.styleModels) : prepareClassification(parts);
}

function prepareClassification({ task, targetLm, template, settings }: EvaluatorParts): PreparedEvaluator {
  const scorer = requireCapability(targetLm, 'labelScores');
  const warnings = checkInputLengths({ task, targetLm, template, settings });
  const store = settings.cache ? openStore(targetLm, settings, warnings) : undefined;
  const create = (sink?: ScoreSink) => {
    const cache = new ScoreCache(scorer, { enabled: settings.cache, store, ...(sink ? { sink } : {}) });
    const evaluator = new ClassificationEvaluator(task, scorer, cache, template, settings);
    const chooser = new LabelWordChooser(task, scorer, cache, template, settings, targetLm);
    const calibrate = settings.calibrate === 'none' ? 'none' : 'batch';
    const trial = new ClassificationEvaluator(task, scorer, cache, template, { ...settings, calibrate });
    return { cache, evaluator, reading: { evaluator, chooser, trial } };
  };
  return { warnings, create, close: () => store?.close() };
}

function prepareStyleTransfer(
  { task, targetLm, template, settings }: EvaluatorParts,
  models: StyleModels,
): PreparedEvaluator {
  const judges = styleJudges(models, task, settings.stylePrompt);
  requireCapability(targetLm, 'generate');
  const create = (sink?: ScoreSink) => {
    const cache = new RewardCache({ enabled: settings.cache, sink });
    return { cache, evaluator: new StyleEvaluator(task, targetLm, judges, cache, template, settings) };
  };
  return { warnings: [], create, close: () => undefined };
}

/** Scores of earlier runs. A service may change behind its name, so only models of this machine have any. */
function openStore(
  { family, digest, dtype }: LanguageModel,
  settings: EvaluatorSettings,
  warnings: string[],
): ScoreStore | undefined {
  if (family === 'endpoint') return undefined;
  try {
    return ScoreStore.open(scoreFolder(), { identity: [digest, dtype, process.arch, ...roundingOf(settings)] });
  } catch (error) {
    warnings.push(`scores are not kept for later runs: ${(error as Error).message}`);
    return undefined;
  }
}

/** What else decides over the last digits of a score; nothing where all is as usual. */
function roundingOf({ device, prefixSharing, int8Batches, truncate = 'tail' }: EvaluatorSettings): string[] {
  return [
    ...(truncate === 'tail' ? [] : [`without ${truncate}`]),
    ...(device === 'cpu' ? [] : [device]),
    ...(prefixSharing ? [] : ['whole']),
    ...(int8Batches ? ['int8'] : []),
  ];
}

/** Where the scores of earlier runs lie. */
export function scoreFolder(env?: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), 'scores');
}

async function prepareCustom({
  task,
  targetLm,
  template,
  settings,
  onOutput,
}: EvaluatorParts): Promise<PreparedEvaluator> {
  const languageModel = new RewardLanguageModel(targetLm, template);
  const host = new RewardHost(task, {
    timeoutMs: settings.rewardTimeout * 1000,
    maxErrors: settings.maxRewardErrors,
    answer: (question) => languageModel.answer(question),
    onFailure: (error) => onOutput?.(`tried again after ${error.code}: ${error.message}\n`),
    ...(onOutput ? { onOutput } : {}),
  });
  try {
    const { metric, warnings } = await dryRun(task, host, settings.seed);
    const create = (sink?: ScoreSink) => {
      const cache = new RewardCache({ enabled: settings.cache, sink });
      return { cache, evaluator: new CustomEvaluator(task, host, cache, settings, metric) };
    };
    return { warnings, create, close: () => host.close() };
  } catch (error) {
    host.close();
    throw error;
  }
}
