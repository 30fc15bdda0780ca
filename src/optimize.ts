import { join } from 'node:path';
import type { RunConfigInput } from './config/run-config.js';
import { RlpromptError } from './errors.js';
import type { RunControls, RunEvent, RunResult, StopReason, UnnumberedEvent } from './events.js';
import { readRunRecord } from './export/run-record.js';
import { atomicWrite } from './files/atomic-write.js';
import { goalOf } from './goals/goal-of.js';
import type { SearchGoal } from './goals/search-goal.js';
import { recallForRun } from './prompt-library/run-library.js';
import { race } from './rewards/racing/racing-evaluator.js';
import { requireFiniteRewards } from './rewards/shaping/require-finite-rewards.js';
import { toStepRewards } from './rewards/shaping/step-rewards.js';
import { type PrepareOptions, prepareRun } from './run/loop/prepare.js';
import type { PreparedRun } from './run/loop/prepared-run.js';
import { describeStep } from './run/loop/step-statistics.js';
import { chooseReading } from './run/select/choose-reading.js';
import { measureBaselines } from './run/select/evaluations.js';
import { discardRun } from './run/store/own-files.js';
import { programVersions } from './run/store/program-versions.js';
import type { HealthWarning } from './run/watch/health.js';

export interface OptimizeOptions {
  /** Aborting saves a checkpoint and ends the run, resumable. */
  signal?: AbortSignal;
  /** Receives the controls of the run before its first event. */
  attach?: (controls: RunControls) => void;
  /** The folder of a run to resume; `config` may then only raise limits. */
  resume?: string;
  /** Called while a model is downloaded, before the first event. */
  onProgress?: PrepareOptions['onProgress'];
  /** Called after the last event with what is worth telling but no part of the run. */
  onNote?: PrepareOptions['onNote'];
}

/**
 * Searches for a prompt: the generator LM proposes prompts, the target LM's answers reward them, the trainer learns
 * from the rewards; every so often the best prompts are scored on the dev split. Yields what happens as typed events
 * and returns the result. Everything is checked before a language model is loaded.
 *
 * @throws RlpromptError `E_INTERRUPTED` after a stop on request, when the run was saved and can be resumed; any other
 *   code for a mistake or a failure, after a `run-error` event where the run had begun
 */
export async function* optimize(
  config: RunConfigInput,
  options: OptimizeOptions = {},
): AsyncGenerator<RunEvent, RunResult> {
  const run = await prepareRun(config, options);
  const onAbort = (): void => run.requests.stop('interrupted');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let isRefused = false;
  try {
    options.attach?.(run.requests);
    if (options.signal?.aborted) onAbort();
    return yield* train(run, goalOf(run));
  } catch (error) {
    if (!(error instanceof RlpromptError && error.code === 'E_INTERRUPTED')) yield run.failed(error);
    isRefused = options.resume === undefined && run.isUntouched && isRefusal(error);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    await run.close();
    if (isRefused) discardRun(run.folder.path);
  }
}

/** Whether what was given is at fault: the same run would be refused again. */
function isRefusal(error: unknown): boolean {
  return error instanceof RlpromptError && ['usage', 'config', 'data', 'missingInput'].includes(error.exit);
}

/** The loop. Between two steps it serves requests, checks the limits, evaluates and saves. */
async function* train(run: PreparedRun, goal: SearchGoal): AsyncGenerator<RunEvent, RunResult> {
  yield* run.started();
  if (run.baselines.length === 0) yield* baselines(run, goal);
  yield run.emit({ type: 'phase-start', phase: 'training' });
  let reason: StopReason | undefined;
  while (true) {
    yield* serveRequests(run, goal);
    if (run.requests.stopping) yield* interrupt(run, run.requests.stopping);
    reason = run.limitReached();
    if (reason) break;
    yield* trainStep(run, goal);
    if (run.step % run.config.evaluationEvery === 0) yield* evaluateOnDev(run, goal);
    if (run.step % run.config.checkpointEvery === 0) yield run.saveCheckpoint();
  }
  return yield* goal.finish(reason);
}

/** One step: propose, evaluate, reward, update. */
async function* trainStep(run: PreparedRun, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  const since = run.clock();
  const { rewardTo } = run;
  const scale = run.scaleMetric();
  const rollouts = await run.trainer.propose(run.config.promptsPerStep, run.proposeOptions());
  const { items, groups } = run.examplesOf(rollouts);
  const evaluations = run.config.racing
    ? await race(run.evaluator, items, { seed: run.config.seed, step: run.step })
    : await run.evaluator.evaluate(items);
  const rewards = toStepRewards(
    evaluations.map(({ reward }) => reward),
    { ...run.config, rewardTo },
    groups,
  ).map((reward, i) => ({ ...reward, ...run.partsOf(evaluations[i]!) }));
  requireFiniteRewards(rewards);
  const learned = await run.trainer.update(rollouts, rewards, { rewardTo });
  run.noteLearned(learned);
  const metrics = { ...learned, ...scale, ...run.objectiveMetrics() };
  run.step += 1;
  goal.noteRollouts({ rollouts, evaluations, rewards });
  const seconds = (run.clock() - since) / 1000;
  const outcome = { seconds, rollouts, evaluations, rewards, metrics };
  yield run.emit({ type: 'step-end', ...describeStep(run.step, run.evaluator.counters(), outcome) });
  const warning = run.health.observe({ rewards, metrics, rollouts });
  if (warning) yield* warn(run, warning);
  run.guardNumbers();
}

/** A policy that repeats itself is restarted where that is possible; otherwise a warning says so. */
async function* warn(run: PreparedRun, warning: HealthWarning): AsyncGenerator<RunEvent, void> {
  const restarted = warning.code === 'policy-collapsed' ? await run.restartPolicy(warning) : undefined;
  yield run.emit(restarted ?? { type: 'warning', ...warning });
}

async function* evaluateOnDev(run: PreparedRun, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  yield* goal.evaluateOnDev();
  for (const warning of run.evaluationWarnings()) yield run.emit({ type: 'warning', ...warning });
}

async function* baselines(run: PreparedRun, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  yield run.emit({ type: 'phase-start', phase: 'baselines' });
  if (run.readRun) {
    const { prompt, reading } = await chooseReading(run.readRun);
    run.readBy(reading);
    yield run.emit({ type: 'reading-chosen', prompt, reading });
  }
  run.baselines = await measureBaselines(run, { compete: goal.takesPrompts });
  yield run.emit({ type: 'baselines-end', baselines: run.baselines });
  const best = goal.noteBaselines();
  if (best) yield run.emit(best);
  for (const text of run.config.initPrompts) yield* goal.addPrompt(text, 'warm-start');
  if (run.config.promptLibrary) yield* startFromLibrary(run, goal);
}

/** What earlier runs found on similar tasks is scored like any prompt a person types. */
async function* startFromLibrary(run: PreparedRun, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  const { prompts, message } = recallForRun(run, run.config.libraryPrompts);
  yield run.emit({ type: 'warning', code: 'prompt-library', message });
  for (const { text } of prompts) yield* goal.addPrompt(text, 'warm-start');
}

async function* serveRequests(run: PreparedRun, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  for (const { weights } of run.takeLostWeights()) yield* changeWeights(run, weights);
  for (let request = run.requests.next(); request; request = run.requests.next()) {
    if (request.kind === 'save') yield run.saveCheckpoint();
    else if (request.kind === 'evaluate') yield* evaluateOnDev(run, goal);
    else if (request.kind === 'export-best') yield run.emit(exportBest(run, goal));
    else if (request.kind === 'set-weights') yield* changeWeights(run, request.weights);
    else {
      yield* goal.addPrompt(request.text, 'user');
      // What a person typed cannot be replayed from the seed: it is kept at once.
      yield run.saveCheckpoint();
    }
  }
  if (!run.requests.isPaused) return;
  yield run.emit({ type: 'run-paused', step: run.step });
  await run.requests.changed();
  yield run.emit({ type: 'run-continued', step: run.step });
  yield* serveRequests(run, goal);
}

/** Kept at once, as what a person typed. */
async function* changeWeights(
  run: PreparedRun,
  change: Readonly<Record<string, number>>,
): AsyncGenerator<RunEvent, void> {
  const event = run.changeWeights(change);
  yield run.emit(event);
  if (event.type === 'weights-changed') yield run.saveCheckpoint();
}

/** Writes the best prompt so far beside the run's other files; before the first evaluation there is none. */
function exportBest(run: PreparedRun, goal: SearchGoal): UnnumberedEvent {
  if (!run.readBest()) {
    return {
      type: 'warning',
      code: 'nothing-to-export',
      message: 'no prompt was evaluated yet',
      hint: 'evaluate first, then export',
    };
  }
  const file = join(run.folder.path, 'export.json');
  const record = readRunRecord(run.folder.path);
  const version = programVersions().rlprompt!;
  atomicWrite(file, goal.render(record, version));
  return { type: 'prompt-exported', file };
}

async function* interrupt(
  run: PreparedRun,
  reason: 'user' | 'interrupted' | 'terminated',
): AsyncGenerator<RunEvent, never> {
  yield run.saveCheckpoint();
  yield run.emit({ type: 'run-interrupted', step: run.step, reason, resumeCommand: run.resumeCommand });
  throw new RlpromptError({
    code: 'E_INTERRUPTED',
    exit: reason === 'user' ? 'ok' : reason,
    message: `stopped at step ${run.step} on request`,
    where: run.folder.path,
    kept: 'everything up to this step is saved',
    next: run.resumeCommand,
  });
}
