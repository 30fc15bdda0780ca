import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { currentSettings, refuseRemovedSettings } from '../../config/removed-settings.js';
import { completeRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfig, RunConfigInput } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import { abortable } from '../../files/abortable.js';
import type { DownloadProgress } from '../../lm/hub/hub.js';
import { loadLanguageModel, pinModelName, requireCapability } from '../../lm/load.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { type LoadedModel, notesOf } from '../../lm/onnx/run/model-parts.js';
import { defaultThreads } from '../../lm/onnx/run/session.js';
import { targetOverQueue } from '../../queue/queue-target.js';
import type { RewardCache } from '../../rewards/cache/reward-cache.js';
import type { ScoreCache } from '../../rewards/cache/score-cache.js';
import { prepareEvaluator } from '../../rewards/create-evaluator.js';
import { checkObjectives, createObjectives } from '../../rewards/objectives/create-objectives.js';
import { ObjectivesEvaluator } from '../../rewards/objectives/objectives-evaluator.js';
import { WeightedObjectives } from '../../rewards/objectives/weighted-objectives.js';
import {
  checkStyleModels,
  loadStyleModels,
  STYLE_MODEL_SETTINGS,
  type StyleModels,
  styleDigests,
} from '../../rewards/style/style-models.js';
import type { Task } from '../../task/types.js';
import type { Generator } from '../../trainers/contract/settings.js';
import { createTrainer } from '../../trainers/registry.js';
import { readLatestCheckpoint, type StoredCheckpoint } from '../checkpoint/checkpoint.js';
import { cutInputs } from '../policies/cut-inputs.js';
import { EventLog } from '../store/event-log.js';
import { compareManifest, describeDifference, refuseDrift } from '../store/manifest-drift.js';
import { removeDefaultFolder, removeIfEmpty } from '../store/own-files.js';
import { programVersions } from '../store/program-versions.js';
import { RewardLog } from '../store/reward-log.js';
import { createRunFolder, openRunFolder, type RunFolder } from '../store/run-folder.js';
import { MANIFEST_VERSION, type RunManifest, readManifest, writeManifest } from '../store/run-manifest.js';
import { ScoreLog } from '../store/score-log.js';
import { checkEndpoints } from './check-endpoints.js';
import { checkQueue } from './check-queue.js';
import { checkReading } from './check-reading.js';
import { checkTemplateSource, loadConfiguredTask, templateFor } from './configured-task.js';
import { generatorContext } from './generator-context.js';
import { modelOptions } from './model-options.js';
import { Run } from './run.js';
import type { RunParts } from './run-parts.js';
import { checkExamplesPerStep } from './step-examples.js';
import { refuseIncompatible } from './task-compatibility.js';
import { tunedTo } from './tuned-config.js';

/** Settings that a resumed run may have changed: they decide when it ends and where it computes, not what. */
const FREE_ON_RESUME = [
  'steps',
  'forwards',
  'minutes',
  'patience',
  'targetScore',
  'out',
  'offline',
  'endpointTimeout',
  'queue',
  'endpointConcurrency',
  'batchSize',
  'maxMemory',
  'rewardTimeout',
  'maxRewardErrors',
] as const;

export interface PrepareOptions {
  readonly resume?: string | undefined;
  /** Called while a model is downloaded. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Called at the end with what is worth telling but no part of the run, which is the same without it. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Ends a download, and everything else before the run. */
  readonly signal?: AbortSignal | undefined;
}

/** Settings, folder, data, template and models, in this order: what is cheap to check is checked first. */
export async function prepareRun(input: RunConfigInput, options: PrepareOptions): Promise<Run> {
  const config = completeRunConfig(input);
  const task = await loadConfiguredTask(config);
  checkTemplateSource(task);
  checkStyleModels(task, config);
  refuseIncompatible(task, config);
  checkExamplesPerStep(task, config);
  checkObjectives(task, config);
  checkEndpoints(task, config);
  checkReading(task, config);
  checkQueue(task, config);
  const folder = takeFolder(config, task, options.resume);
  const closers: (() => unknown)[] = [() => folder.close()];
  try {
    const pinned = await pinModels(config, options);
    return await assemble(pinned, task, folder, options, closers);
  } catch (error) {
    for (const close of closers.reverse()) await close();
    if (options.resume === undefined) {
      removeIfEmpty(folder.path);
      removeDefaultFolder(dirname(folder.path));
    }
    throw error;
  }
}

async function assemble(
  given: RunConfig,
  task: Task,
  folder: RunFolder,
  { resume, onNote, signal }: PrepareOptions,
  closers: (() => unknown)[],
): Promise<Run> {
  const { objectives, notes, ...models } = await loadModels(given, task, closers, { onNote, signal });
  const { generator, targetLm, styleModels } = models;
  const proposer = generatorOf(generator);
  const config = tunedTo(proposer, given);
  checkCandidateCount(config, generator);
  checkStepSize(config, generator);
  const template = templateFor(task, targetLm, config);
  const warnings = [...task.warnings, ...notes];
  // The language models compute the same bits with any number of threads; the policy's gradients do not.
  const threads = config.threads ?? threadsBefore(resume) ?? defaultThreads();
  const manifest = { ...describeRun(config, task, { ...models, objectives, notes }), threads };
  const checkpoint = resume !== undefined ? checkResume(folder.path, manifest, warnings) : undefined;
  const rewardLog = new RewardLog();
  const onOutput = (text: string) => rewardLog.write(text);
  const evaluating = prepareEvaluator({ task, targetLm, template, styleModels, settings: config, onOutput });
  const prepared = await abortable(evaluating, signal);
  closers.push(() => prepared.close());
  warnings.push(...prepared.warnings);
  const context = generatorContext(config.context, task);
  const trainer = await abortable(createTrainer(config.trainer, proposer, { ...config, threads, context }), signal);
  closers.push(() => trainer.dispose());
  warnings.push(...cutInputs(trainer.conditioned, task.splits, generator));
  if (resume === undefined) writeManifest(folder.path, manifest);
  rewardLog.open(folder.path);
  const scores = ScoreLog.open(folder.path, { position: positionOf(checkpoint) });
  closers.push(() => scores.close());
  for (const objective of objectives?.payingObjectives ?? [])
    closers.push(openObjectiveLog(folder.path, objective, warnings));
  const events = EventLog.open(folder.path, checkpoint);
  closers.push(() => events.close());
  const { evaluator: own, cache, reading } = prepared.create(scores);
  const evaluator = objectives ? new ObjectivesEvaluator(own, objectives, task.splits.train) : own;
  cache.load(scores.known, 'cached');
  cache.load(scores.prepaid, 'prepaid');
  closers.push(() => noteSaved(cache, onNote));
  const parts: RunParts = {
    config,
    task,
    template,
    generator,
    tokenizer: proposer.tokenizer,
    targetLm,
    trainer,
    evaluator,
    reading,
    cache,
    folder,
    events,
    scores,
    objectives,
  };
  return new Run(parts, [...warnings, ...events.notes, ...scores.notes], checkpoint, closers);
}

/** A model of the hub is from here on what it is now, also when the run is resumed. */
async function pinModels(config: RunConfig, { onProgress, signal }: PrepareOptions): Promise<RunConfig> {
  const { dtype, offline } = config;
  const pin = (name: string) => pinModelName(name, { dtype, offline, onProgress, signal });
  const pinned = { ...config, generator: await pin(config.generator), target: await pin(config.target) };
  for (const key of [...STYLE_MODEL_SETTINGS, 'judge'] as const) {
    const model = config[key];
    if (model !== undefined) pinned[key] = await pin(model);
  }
  return pinned;
}

interface RunModels {
  readonly generator: LanguageModel;
  readonly targetLm: LanguageModel;
  readonly styleModels: StyleModels | undefined;
  /** Where the reward has several objectives. */
  readonly objectives: WeightedObjectives | undefined;
  /** What their user should know. */
  readonly notes: readonly string[];
}

async function loadModels(
  config: RunConfig,
  task: Task,
  closers: (() => unknown)[],
  { onNote, signal }: Pick<PrepareOptions, 'onNote' | 'signal'>,
): Promise<RunModels> {
  const options = modelOptions(config);
  const loaded: LoadedModel[] = [];
  const load = async (name: string, queue?: string): Promise<LanguageModel> => {
    const own = await abortable(loadLanguageModel(name, options), signal);
    const model = queue === undefined ? own : await targetOverQueue(own, queue);
    loaded.push(model);
    closers.push(() => model.dispose());
    if (model.usage) closers.push(() => onNote?.(model.usage!()));
    return model;
  };
  const generator = await load(config.generator);
  const targetLm = await load(config.target, config.queue);
  const styleModels = await loadStyleModels(task, config, targetLm, load);
  const created = await createObjectives({ task, generator, targetLm, settings: config, load });
  const objectives = created.length > 0 ? new WeightedObjectives(created, config) : undefined;
  return { generator, targetLm, styleModels, objectives, notes: notesOf(loaded) };
}

/** A language model as trainers take it. */
export function generatorOf(model: LanguageModel): Generator {
  const { name, contextLength } = model;
  return {
    name,
    contextLength,
    hiddenStates: requireCapability(model, 'hiddenStates'),
    tokenizer: model.tokenizer!,
  };
}

/** Gives an objective what it has paid for so far, and a place for what it will; returns what closes it. */
function openObjectiveLog(
  runDir: string,
  objective: WeightedObjectives['payingObjectives'][number],
  warnings: string[],
): () => void {
  const log = ScoreLog.open(runDir, { file: `${objective.name}.bin` });
  warnings.push(...log.notes);
  objective.attach({ records: log.prepaid, append: (records) => log.append(records) });
  return () => log.close();
}

function noteSaved(cache: ScoreCache | RewardCache, onNote: PrepareOptions['onNote']): void {
  if (!('savedForwards' in cache) || cache.savedForwards === 0) return;
  onNote?.(`${cache.savedForwards} of ${cache.forwards} forwards were known from earlier runs (rlprompt cache info)`);
}

/** @throws RlpromptError `E_CONFIG` where more tokens are to be sampled among than the generator LM has */
function checkCandidateCount({ topK }: RunConfig, generator: LanguageModel): void {
  const { vocabularySize } = requireCapability(generator, 'hiddenStates');
  if (topK <= vocabularySize) return;
  throw new RlpromptError({
    code: 'E_CONFIG',
    exit: 'config',
    message: `topK is ${topK}, but ${generator.name} has ${vocabularySize} tokens`,
    where: '--top-k',
    kept: 'nothing was started',
    next: `--top-k ${vocabularySize} samples among all of them`,
  });
}

/** Logits, log-probabilities and their gradient exist at once. */
const LOGIT_COPIES = 3;

/** @throws RlpromptError `E_MEMORY` where the logits of one step would not fit into this machine */
function checkStepSize({ promptsPerStep, promptLength }: RunConfig, generator: LanguageModel): void {
  const { vocabularySize } = requireCapability(generator, 'hiddenStates');
  const bytes = 4 * LOGIT_COPIES * promptsPerStep * promptLength * vocabularySize;
  if (bytes <= totalmem()) return;
  const [wanted, there] = [bytes, totalmem()].map((size) => (size / 1e9).toFixed(1));
  throw new RlpromptError({
    code: 'E_MEMORY',
    exit: 'unavailable',
    message: `a step of ${promptsPerStep} prompts of ${promptLength} tokens takes ${wanted} GB; this machine has ${there} GB`,
    where: '--prompts-per-step',
    kept: 'nothing was started',
    next: 'propose fewer prompts per step',
  });
}

function threadsBefore(resume: string | undefined): number | undefined {
  return resume === undefined ? undefined : readManifest(resume).threads;
}

function takeFolder(config: RunConfig, task: Task, resume: string | undefined): RunFolder {
  const now = new Date();
  if (resume === undefined)
    return createRunFolder({ task: task.name, now, ...(config.out === undefined ? {} : { out: config.out }) });
  const before = readManifest(resume);
  refuseRemovedSettings(before.config, resume);
  return openRunFolder(resume, { now, evenFinished: limitsWereRaised(config, before) });
}

function limitsWereRaised(config: RunConfig, before: RunManifest): boolean {
  return FREE_ON_RESUME.some((key) => key !== 'out' && config[key] !== before.config[key]);
}

function describeRun(config: RunConfig, task: Task, models: RunModels): RunManifest {
  return {
    schemaVersion: MANIFEST_VERSION,
    versions: programVersions(),
    created: new Date().toISOString(),
    seed: config.seed,
    task: task.name,
    generator: models.generator.name,
    targetLm: models.targetLm.name,
    digests: {
      data: task.digest,
      generator: models.generator.digest,
      targetLm: models.targetLm.digest,
      ...styleDigests(models.styleModels),
      ...models.objectives?.digests(),
    },
    config: settingsOf(config),
  };
}

function settingsOf(config: RunConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** Refuses a run whose ground has shifted; raised limits are written into its manifest. */
function checkResume(runDir: string, now: RunManifest, warnings: string[]): StoredCheckpoint | undefined {
  const before = readManifest(runDir);
  // A setting that an older version of the program did not know had its default then.
  const then = { ...before, config: settingsOf(completeRunConfig(currentSettings(before.config))) };
  const differences = compareManifest(then, now, FREE_ON_RESUME);
  refuseDrift(differences, runDir);
  for (const difference of differences)
    warnings.push(`the rest of the run is not bit-for-bit as before: ${describeDifference(difference)}`);
  writeManifest(runDir, { ...before, threads: now.threads, config: now.config });
  const latest = readLatestCheckpoint(runDir);
  warnings.push(...(latest?.warnings ?? []));
  return latest?.checkpoint;
}

function positionOf(checkpoint: StoredCheckpoint | undefined): number {
  return (checkpoint?.json as { scorePosition?: number } | undefined)?.scorePosition ?? 0;
}
