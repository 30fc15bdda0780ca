import type { Reading } from './classifier/classifier.js';
import { settleConfig } from './config/defaults-for.js';
import type { RunConfig } from './config/run-config.js';
import { isDataFileName } from './data/read-table.js';
import { RlpromptError } from './errors.js';
import type { PolicySummary } from './events.js';
import type { DownloadProgress } from './lm/hub/hub.js';
import { loadLanguageModel } from './lm/load.js';
import { describeUsage } from './lm/model/remote-usage.js';
import type { LanguageModel } from './lm/model/types.js';
import { type LoadedModel, notesOf } from './lm/onnx/run/model-parts.js';
import { targetOverQueue } from './queue/queue-target.js';
import { quotedList } from './quoted-list.js';
import { unlikelyWords } from './rewards/classification/unlikely-words.js';
import { type PreparedEvaluator, prepareEvaluator } from './rewards/create-evaluator.js';
import { checkStyleModels, loadStyleModels } from './rewards/style/style-models.js';
import { describePrompts, proposeFor } from './run/policies/propose-for.js';
import { checkEndpoints } from './run/prepare/checks/check-endpoints.js';
import { checkQueue } from './run/prepare/checks/check-queue.js';
import { chatHint, checkTemplateSource, loadConfiguredTask, templateFor } from './run/prepare/configured-task.js';
import { modelOptions } from './run/prepare/model-options.js';
import { openPolicy } from './run/prepare/open-policy.js';
import { openPaidScores, type PaidScores } from './run/store/paid-scores.js';
import { zip } from './statistics/zip.js';
import type { LoadTaskOptions } from './task/assemble/load-task-options.js';
import type { Evaluation, Evaluator, Example, Split, Task } from './task/types.js';

/** A prompt and how its answers are read. */
export interface ReadPrompt {
  readonly prompt: string;
  readonly reading?: Reading;
  /** What to subtract from the label scores, [labels], in place of what calibration would find. */
  readonly offsets?: readonly number[];
}

export interface EvaluateOptions {
  /** Texts, which are read by the task's words, or prompts with their own reading. */
  readonly prompts: readonly (string | ReadPrompt)[];
  /** A run folder: the policy that it found proposes a prompt for each example. */
  readonly policy?: string | undefined;
  readonly split: Split;
  /** Splits a data file as a run does, where all its rows are the test split otherwise. */
  readonly splitsDataFile?: boolean;
  /** How a run reads rows to classify, in place of what the task and its data say. */
  readonly ofRun?: LoadTaskOptions['ofRun'];
  /** The labels whose examples are scored. @default all */
  readonly only?: readonly string[] | undefined;
  /** The numbers of each example are wanted: tasks with a custom reward, which have none, are refused. */
  readonly perExample?: boolean;
  readonly signal?: AbortSignal;
  /** Receives what a custom reward prints, escaped and bounded. */
  readonly onOutput?: (text: string) => void;
  /** Called while the model is downloaded. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Called before rows are scored, with what tells how many are done; what it returns is called after the last. */
  readonly onScoring?: (rows: { readonly done: () => number; readonly most: number }) => () => void;
}

export interface EvaluatedPrompt {
  readonly prompt: string;
  /** Number of examples. */
  readonly n: number;
  readonly evaluation: Evaluation;
  /** The numbers are those of a policy, `prompt` is its most frequent one. */
  readonly policy?: EvaluatedPolicy;
}

export interface EvaluatedPolicy extends PolicySummary {
  /** The run folder. */
  readonly run: string;
  /** After which the policy was as it is here. */
  readonly step: number;
  /** The prompt of each example. */
  readonly proposed: readonly string[];
}

export interface EvaluatedPrompts {
  readonly task: string;
  readonly target: string;
  readonly split: Split;
  readonly results: readonly EvaluatedPrompt[];
  readonly warnings: readonly string[];
}

/**
 * Scores prompts on a split of a task with the code that rewards them in a run. All rows of a data file are its test
 * split here.
 */
export async function evaluatePrompts(given: RunConfig, options: EvaluateOptions): Promise<EvaluatedPrompts> {
  const { prompts, policy, split, splitsDataFile = false, ofRun, signal, onOutput, onProgress, onScoring } = options;
  const testOnly = !splitsDataFile && isDataFileName(given.task);
  const task = await loadConfiguredTask(given, { testOnly, ofRun });
  const config = settleConfig(given, task);
  checkTemplateSource(task);
  checkStyleModels(task, config);
  checkEndpoints(task, config);
  checkQueue(task, config);
  if (options.perExample && task.kind === 'custom') throw noRowsOf(task);
  const examples = examplesWith(task, split, options.only);
  if (examples.length === 0) throw emptySplit(task, split);
  const howToLoad = { ...modelOptions(config), onProgress, signal };
  const loaded: LoadedModel[] = [];
  const load = async (name: string, queue?: string): Promise<LanguageModel> => {
    const own = await loadLanguageModel(name, howToLoad);
    const model = queue === undefined ? own : await targetOverQueue(own, queue);
    loaded.push(model);
    return model;
  };
  let prepared: PreparedEvaluator | undefined;
  let paid: PaidScores | undefined;
  let hasEnded = false;
  try {
    const targetLm = await load(config.target, config.queue);
    const template = await templateFor(task, targetLm, config);
    const styleModels = await loadStyleModels(task, config, targetLm, load);
    const parts = { task, targetLm, template, styleModels, settings: config };
    prepared = await prepareEvaluator({ ...parts, ...(onOutput ? { onOutput } : {}) });
    if (targetLm.family === 'endpoint')
      paid = openPaidScores([targetLm.digest, template.source, task.digest, config.endpointSamples]);
    const { evaluator, cache } = prepared.create(paid?.log);
    cache.load(paid?.log.prepaid ?? [], 'prepaid');
    const asked = prompts.map((prompt) => (typeof prompt === 'string' ? { prompt } : prompt));
    const items = asked.map(({ prompt, ...how }) => ({ text: prompt.trim(), examples, ...how }));
    const done = () => cache.cacheHits + ('done' in cache ? cache.done : cache.forwards);
    const endScoring = onScoring?.({ done, most: items.length * examples.length });
    const evaluations = await evaluator
      .evaluate(items, { details: true, ...(signal ? { signal } : {}) })
      .finally(endScoring);
    const results = Array.from(zip(asked, evaluations), ([{ prompt }, evaluation]) => {
      return { prompt, n: examples.length, evaluation };
    });
    const given = asked.flatMap(({ prompt, reading }, i) =>
      task.kind === 'classification' && !reading
        ? [{ prompt: prompt.trim(), accuracy: evaluations[i]!.metrics.accuracy ?? 0 }]
        : [],
    );
    const unlikely = await unlikelyWords({ task, targetLm, template }, given, examples, signal);
    const ofPolicy = policy === undefined ? [] : [await evaluatePolicy(policy, { load, evaluator, examples, signal })];
    hasEnded = true;
    return {
      task: task.name,
      target: targetLm.name,
      split,
      results: [...ofPolicy, ...results],
      warnings: [
        ...task.warnings,
        ...notesOf(loaded),
        ...chatHint(targetLm, template),
        ...prepared.warnings,
        ...(unlikely ? [`${unlikely.message}; ${unlikely.hint}`] : []),
      ],
    };
  } finally {
    for (const { usage } of loaded) if (usage) onOutput?.(`${describeUsage(usage())}\n`);
    prepared?.close();
    paid?.close(hasEnded);
    for (const model of loaded) await model.dispose();
  }
}

interface PolicyRequest {
  readonly load: (name: string) => Promise<LanguageModel>;
  readonly evaluator: Evaluator;
  readonly examples: readonly Example[];
  readonly signal: AbortSignal | undefined;
}

/** A run's policy on examples: each with the prompt that it gets. */
async function evaluatePolicy(
  run: string,
  { load, evaluator, examples, signal }: PolicyRequest,
): Promise<EvaluatedPrompt> {
  const policy = await openPolicy(run, load);
  try {
    const options = { details: true, ...(signal ? { signal } : {}) };
    const { rollouts, evaluation } = await proposeFor({ policy, evaluator }, examples, options);
    const { prompt, prompts, share } = describePrompts(rollouts);
    const proposed = rollouts.map(({ text }) => text);
    const facts = { run, step: policy.summary.step, prompts, share, proposed };
    return { prompt: prompt.text, n: examples.length, evaluation, policy: facts };
  } finally {
    await policy.dispose();
  }
}

/** @throws RlpromptError `E_DATA_LABELS` for a label that no example has */
function examplesWith({ name, labels, splits }: Task, split: Split, only: readonly string[] | undefined) {
  const examples = splits[split];
  if (only === undefined) return examples;
  const nameOf = ({ label }: Example) => (label === undefined ? undefined : labels[label]?.name);
  const there = [...new Set(examples.flatMap((example) => nameOf(example) ?? []))];
  const absent = only.filter((label) => !there.includes(label));
  if (absent.length === 0) return examples.filter((example) => only.includes(nameOf(example) ?? ''));
  throw new RlpromptError({
    code: 'E_DATA_LABELS',
    exit: 'data',
    message: `no ${split} example has the label ${quotedList(absent)}; their labels are ${quotedList(there) || 'missing'}`,
    where: `task ${name}, --labels`,
    next: 'name labels of these examples',
  });
}

function noRowsOf({ name }: Task): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: 'a custom reward is given for all examples together: there is nothing to write for each',
    where: `task ${name}, --per-example`,
    next: 'leave --per-example out',
  });
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
