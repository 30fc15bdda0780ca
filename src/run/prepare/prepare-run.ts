import { dirname } from 'node:path';
import { type SettledConfig, settleDemos } from '../../config/defaults-for.js';
import type { RunConfigInput } from '../../config/run-config.js';
import { abortable } from '../../files/abortable.js';
import { groupDigits } from '../../group-digits.js';
import type { DownloadProgress } from '../../lm/hub/hub.js';
import { defaultThreads } from '../../lm/onnx/run/session.js';
import type { RewardCache } from '../../rewards/cache/reward-cache.js';
import type { ScoreCache } from '../../rewards/cache/score-cache.js';
import { prepareEvaluator } from '../../rewards/create-evaluator.js';
import { ObjectivesEvaluator } from '../../rewards/objectives/objectives-evaluator.js';
import type { WeightedObjectives } from '../../rewards/objectives/weighted-objectives.js';
import type { Task } from '../../task/types.js';
import { createTrainer } from '../../trainers/registry.js';
import type { StoredCheckpoint } from '../checkpoint/checkpoint.js';
import { checkContinues, readEarlierRun } from '../continue/earlier-run.js';
import { writeStart } from '../continue/start-file.js';
import { Run } from '../loop/run.js';
import type { RunParts } from '../loop/run-parts.js';
import { checkBudget } from '../plan/check-budget.js';
import { cutInputs } from '../policies/cut-inputs.js';
import { EarlierSteps } from '../store/earlier-steps.js';
import type { LockedFolder } from '../store/locked-folder.js';
import { EventLog } from '../store/logs/event-log.js';
import { RewardLog } from '../store/logs/reward-log.js';
import { ScoreLog } from '../store/logs/score-log.js';
import { removeDefaultFolder, removeIfEmpty } from '../store/own-files.js';
import { writeManifest } from '../store/run-manifest.js';
import { checkRun } from './check-run.js';
import { checkPatterns } from './checks/check-patterns.js';
import { checkAnswerWords } from './checks/check-reading.js';
import { checkCandidateCount, checkStepSize } from './checks/check-step-size.js';
import { chatHint, templateFor } from './configured-task.js';
import { continuedStart, policyStart } from './continue-policy.js';
import { generatorContext } from './generator-context.js';
import { checkResume, describeRun, takeFolder, threadsBefore } from './resume-check.js';
import { generatorOf, loadModels, pinModels } from './run-models.js';
import { tunedTo } from './tuned-config.js';

export interface PrepareOptions {
  readonly resume?: string | undefined;
  /** A custom task may be another than the run began with. */
  readonly changedTask?: boolean | undefined;
  /** Called while a model is downloaded. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Called at the end with what is worth telling but no part of the run, which is the same without it. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Ends a download, and everything else before the run. */
  readonly signal?: AbortSignal | undefined;
}

/** Settings, folder, data, template and models, in this order: what is cheap to check is checked first. */
export async function prepareRun(input: RunConfigInput, options: PrepareOptions): Promise<Run> {
  const { task, config } = await abortable(checkRun(input), options.signal);
  const earlier =
    options.resume === undefined && config.continueRun !== undefined ? readEarlierRun(config.continueRun) : undefined;
  if (options.resume === undefined) checkBudget(task, config);
  if (earlier) checkContinues(earlier, config);
  const folder = takeFolder(config, task, options.resume);
  const closers: (() => unknown)[] = [() => folder.close()];
  try {
    const pinned = await pinModels(config, options);
    return await assemble(pinned, task, folder, { ...options, known: earlier?.warnings ?? [] }, closers);
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
  given: SettledConfig,
  task: Task,
  folder: LockedFolder,
  { resume, changedTask = false, onNote, signal, known }: PrepareOptions & { readonly known: readonly string[] },
  closers: (() => unknown)[],
): Promise<Run> {
  const { objectives, notes, usage, ...models } = await loadModels(given, task, closers, { onNote, signal });
  const { generator, targetLm, styleModels } = models;
  const proposer = generatorOf(generator);
  const config = settleDemos(tunedTo(proposer, given), task, targetLm);
  checkCandidateCount(config, generator);
  checkStepSize(config, generator);
  const template = await templateFor(task, targetLm, config);
  checkPatterns([generator, targetLm], task);
  const unseen = checkAnswerWords(config, targetLm);
  const warnings = [...known, ...task.warnings, ...notes, ...unseen, ...chatHint(targetLm, template)];
  // The language models compute the same bits with any number of threads; the policy's gradients do not.
  const threads = config.threads ?? threadsBefore(resume) ?? defaultThreads();
  const continuing = continuedStart({ ...config, threads }, generator, resume);
  const start = await abortable(continuing, signal);
  const described = describeRun(config, task, { ...models, objectives });
  const digests = { ...described.digests, ...(start ? { continued: start.source.sha256 } : {}) };
  const manifest = { ...described, digests, threads };
  const resumed =
    resume !== undefined
      ? checkResume(folder.path, manifest, warnings, { isCustom: task.kind === 'custom', changedTask })
      : undefined;
  const checkpoint = resumed?.checkpoint;
  const rewardLog = new RewardLog();
  const onOutput = (text: string) => rewardLog.write(text);
  const evaluating = prepareEvaluator({ task, targetLm, template, styleModels, settings: config, onOutput });
  const prepared = await abortable(evaluating, signal);
  closers.push(() => prepared.close());
  warnings.push(...prepared.warnings);
  const context = generatorContext(config.context, task);
  const settings = { ...config, threads, context, start: start && policyStart(start, config) };
  const trainer = await abortable(createTrainer(config.trainer, proposer, settings), signal);
  closers.push(() => trainer.dispose());
  warnings.push(...cutInputs(trainer.conditioned, task.splits, generator));
  if (resume === undefined) writeManifest(folder.path, manifest);
  if (start) writeStart(folder.path, start);
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
    earlier: new EarlierSteps(resumed?.hasSameLimits && !resumed.isOtherTask ? events.lostSteps : []),
    scores,
    taskDigest: task.kind === 'custom' ? described.digests.data : undefined,
    isOtherTask: resumed?.isOtherTask ?? false,
    objectives,
    usage,
  };
  return new Run(parts, [...warnings, ...events.notes, ...scores.notes], checkpoint, closers);
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
  onNote?.(
    `${groupDigits(cache.savedForwards)} of the ${groupDigits(cache.done)} forwards were not computed: earlier runs had scored them (rlprompt cache info)`,
  );
}

function positionOf(checkpoint: StoredCheckpoint | undefined): number {
  return (checkpoint?.json as { scorePosition?: number } | undefined)?.scorePosition ?? 0;
}
