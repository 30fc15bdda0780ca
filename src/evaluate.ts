import type { RunConfig } from './config/run-config.js';
import { isDataFileName } from './data/read-table.js';
import { RlpromptError } from './errors.js';
import type { DownloadProgress } from './lm/hub.js';
import { loadLanguageModel } from './lm/load.js';
import type { LoadedModel } from './lm/onnx/model-parts.js';
import type { LanguageModel } from './lm/types.js';
import { type PreparedAssessor, prepareAssessor } from './rewards/create-assessor.js';
import { checkStyleModels, loadStyleModels } from './rewards/style-models.js';
import { checkEndpoints } from './run/check-endpoints.js';
import { checkTemplateSource, loadConfiguredTask, templateFor } from './run/configured-task.js';
import type { Assessment, Split, Task } from './task/types.js';

export interface EvaluateOptions {
  readonly prompts: readonly string[];
  readonly split: Split;
  /** Splits a data file as a run does, where all its rows are the test split otherwise. */
  readonly splitsDataFile?: boolean;
  readonly signal?: AbortSignal;
  /** Receives what a custom reward prints, escaped and bounded. */
  readonly onOutput?: (text: string) => void;
  /** Called while the model is downloaded. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

export interface PromptEvaluation {
  readonly prompt: string;
  /** Number of examples. */
  readonly n: number;
  readonly assessment: Assessment;
}

export interface Evaluation {
  readonly task: string;
  readonly target: string;
  readonly split: Split;
  readonly results: readonly PromptEvaluation[];
  readonly warnings: readonly string[];
}

/**
 * Scores prompts on a split of a task with the code that rewards them in a run. All rows of a data file are its test
 * split here.
 */
export async function evaluatePrompts(
  config: RunConfig,
  { prompts, split, splitsDataFile = false, signal, onOutput, onProgress }: EvaluateOptions,
): Promise<Evaluation> {
  const task = await loadConfiguredTask(config, { testOnly: !splitsDataFile && isDataFileName(config.task) });
  checkTemplateSource(task);
  checkStyleModels(task, config);
  checkEndpoints(task, config);
  const examples = task.splits[split];
  if (examples.length === 0) throw emptySplit(task, split);
  const { dtype, device, threads, offline, maxMemory: maxMemoryBytes, endpoint, endpointTimeout } = config;
  const hardware = { dtype, device, threads, maxMemoryBytes };
  const options = { ...hardware, offline, endpoint, endpointTimeout, onProgress, signal };
  const loaded: LoadedModel[] = [];
  const load = async (name: string): Promise<LanguageModel> => {
    const model = await loadLanguageModel(name, options);
    loaded.push(model);
    return model;
  };
  let prepared: PreparedAssessor | undefined;
  try {
    const targetLm = await load(config.target);
    const template = templateFor(task, targetLm);
    const styleModels = await loadStyleModels(task, config, targetLm, load);
    const parts = { task, targetLm, template, styleModels, settings: config };
    prepared = await prepareAssessor({ ...parts, ...(onOutput ? { onOutput } : {}) });
    const { assessor } = prepared.create();
    const items = prompts.map((prompt) => ({ text: prompt.trim(), examples }));
    const assessments = await assessor.assess(items, { details: true, ...(signal ? { signal } : {}) });
    const results = prompts.map((prompt, i) => ({ prompt, n: examples.length, assessment: assessments[i]! }));
    return {
      task: task.name,
      target: targetLm.name,
      split,
      results,
      warnings: [...task.warnings, ...prepared.warnings],
    };
  } finally {
    for (const { usage } of loaded) if (usage) onOutput?.(`${usage()}\n`);
    prepared?.close();
    for (const model of loaded) await model.dispose();
  }
}

function emptySplit(task: Task, split: Split): RlpromptError {
  return new RlpromptError({
    code: 'E_SPLIT_EMPTY',
    exit: 'usage',
    message: `the ${split} split has no examples here: all rows of a data file are its test split`,
    where: `task ${task.name}, --split`,
    next: 'leave --split out',
  });
}
