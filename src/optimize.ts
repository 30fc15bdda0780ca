import type { RunConfigInput } from './config/run-config.js';
import { RlpromptError } from './errors.js';
import type { RunControls, RunEvent, RunResult, StopReason, StopRequest } from './events.js';
import { exportBest } from './goals/export-best.js';
import { goalOf } from './goals/goal-of.js';
import type { SearchGoal } from './goals/search-goal.js';
import { recallForRun, rememberRun } from './prompt-library/run-library.js';
import { race } from './rewards/racing/racing-evaluator.js';
import { reportingChoice } from './run/loop/reporting-choice.js';
import type { Run } from './run/loop/run.js';
import { describeStep } from './run/loop/step-statistics.js';
import { stopInTime } from './run/loop/stop-in-time.js';
import { type PrepareOptions, prepareRun } from './run/prepare/prepare-run.js';
import { chooseReading } from './run/select/choose-reading.js';
import { measureBaselines, scoreAgain } from './run/select/evaluations.js';
import { plainCandidates } from './run/select/starting-prompts.js';
import { discardRun } from './run/store/own-files.js';
import type { HealthWarning } from './run/watch/health.js';
import { restartPolicy } from './run/watch/restart-policy.js';

export interface OptimizeOptions {
  /** Aborting ends the run within about a second, resumable: after a step that ends in time, else as its last checkpoint is. */
  signal?: AbortSignal;
  /** Receives the controls of the run before its first event. */
  attach?: (controls: RunControls) => void;
  /** The folder of a run to resume; `config` may then only raise limits. */
  resume?: string;
  /** A custom task may be another than the run began with, such as one whose reward was corrected. */
  changedTask?: boolean;
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
  const run = await prepareRun(config, options).catch((error) => {
    throw isAbortOf(options.signal, error) ? stoppedEarly(error) : error;
  });
  const onAbort = (): void => run.requests.stop('interrupted');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let isRefused = false;
  try {
    options.attach?.(run.requests);
    if (options.signal?.aborted) onAbort();
    return yield* stopInTime(train(run, goalOf(run)), run.requests, (reason) => stopAtOnce(run, reason));
  } catch (error) {
    if (!(error instanceof RlpromptError && error.code === 'E_INTERRUPTED'))
      yield run.emit({ type: 'run-error', step: run.step, error: describeError(error) });
    isRefused = options.resume === undefined && isUntouched(run) && isRefusal(error);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    await run.close();
    if (isRefused) discardRun(run.store.path);
  }
}

/** Whether nothing was scored or learned yet. */
function isUntouched({ used }: Run): boolean {
  return used.step === 0 && used.forwards === 0;
}

function describeError(error: unknown) {
  return error instanceof RlpromptError ? error.toJSON() : { code: 'E_INTERNAL', message: String(error) };
}

/** Whether an error is what a program aborted with, which need not be one of ours. */
function isAbortOf(signal: AbortSignal | undefined, error: unknown): boolean {
  return signal?.aborted === true && error === signal.reason && !(error instanceof RlpromptError);
}

function stoppedEarly(cause: unknown): RlpromptError {
  return new RlpromptError({
    code: 'E_INTERRUPTED',
    exit: 'interrupted',
    message: 'stopped on request before the run began',
    kept: 'nothing was started',
    cause,
  });
}

/** Whether what was given is at fault: the same run would be refused again. */
function isRefusal(error: unknown): boolean {
  return error instanceof RlpromptError && ['usage', 'config', 'data', 'missingInput'].includes(error.exit);
}

/**
 * The loop. Between two steps it serves requests, checks the limits, evaluates and saves; and saves before its end, so
 * that a run whose final evaluation is stopped repeats no steps.
 */
async function* train(run: Run, goal: SearchGoal): AsyncGenerator<RunEvent, RunResult> {
  yield* run.started();
  if (run.prompts.baselines.length === 0) yield* baselines(run, goal);
  if (run.scoredBefore.length > 0) {
    run.activity.begin('scoring the best prompts again', run.forecast.evaluation.high);
    await scoreAgain(run, run.scoredBefore);
    yield* evaluateOnDev(run, goal);
    yield run.saveCheckpoint();
  }
  if (run.step === 0) run.shaper.schedule.begin(run.used.forwards);
  yield* warnOfBudget(run);
  yield run.emit({ type: 'phase-start', phase: 'training' });
  let reason: StopReason | undefined;
  while (true) {
    yield* serveRequests(run, goal);
    if (run.requests.stopping) yield* saveAndStop(run, run.requests.stopping);
    reason = run.watch.limitReached(run.used);
    if (reason) break;
    yield* trainStep(run, goal);
    yield* warnOfBudget(run);
    yield* warnOfServices(run);
    if (run.step % run.config.evaluationEvery === 0) yield* evaluateOnDev(run, goal);
    if (run.step % run.config.checkpointEvery === 0) yield run.saveCheckpoint();
  }
  if (run.store.savedStep !== run.step) yield run.saveCheckpoint();
  run.requests.endSearch();
  run.activity.begin('scoring the last candidates on dev', run.forecast.final.high);
  const result = run.resultBefore(reason) ?? (yield* goal.finish(reason));
  if (run.config.promptLibrary) yield* addToLibrary(run);
  yield run.emit({ type: 'run-end', step: run.step, result });
  return result;
}

/** One step: propose, evaluate, reward, update. */
async function* trainStep(run: Run, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  const since = performance.now();
  run.activity.begin(`step ${run.step + 1}`, run.forecast.step.high);
  const { config, trainer, evaluator, data, shaper, watch } = run;
  const rewardTo = shaper.schedule.rangeAt(run.used);
  const scale = shaper.metrics(rewardTo);
  const rollouts = await trainer.propose(config.promptsPerStep, data.proposeOptions(run.step));
  const { items, groups } = data.examplesOf(rollouts, run.step);
  const evaluations = config.racing
    ? await race(evaluator, items, { seed: config.seed, step: run.step })
    : await evaluator.evaluate(items, { ofStep: true });
  const rewards = shaper.shape(evaluations, rewardTo, groups);
  const learned = await trainer.update(rollouts, rewards, { rewardTo });
  shaper.schedule.softenIfSure(learned.entropy);
  const metrics = { ...learned, ...scale, ...run.weights.metrics() };
  run.step += 1;
  goal.noteRollouts({ rollouts, evaluations, rewards });
  const seconds = (performance.now() - since) / 1000;
  const outcome = { seconds, rollouts, evaluations, rewards, metrics };
  const step = describeStep(run.step, evaluator.counters(), outcome, goal.leader());
  run.activity.end();
  yield run.emit({ type: 'step-end', ...step });
  const notRepeated = run.earlier.warningOf(step);
  if (notRepeated) yield run.emit({ type: 'warning', ...notRepeated });
  const warning = watch.health.observe(step);
  if (warning) yield* warn(run, warning);
  watch.health.guard(run.step, run.store.path, run.store.resumeCommand);
}

function* warnOfBudget(run: Run): Generator<RunEvent, void> {
  for (const warning of run.watch.alerts.observe(run.used)) yield run.emit({ type: 'warning', ...warning });
}

function* warnOfServices(run: Run): Generator<RunEvent, void> {
  for (const warning of run.watch.repeatedRequests.observe(run.used.remote))
    yield run.emit({ type: 'warning', ...warning });
}

/** A policy that repeats itself is restarted where that is possible; otherwise a warning says so. */
async function* warn(run: Run, warning: HealthWarning): AsyncGenerator<RunEvent, void> {
  const restarted = warning.code === 'policy-collapsed' ? await restartPolicy(run, warning) : undefined;
  yield run.emit(restarted ?? { type: 'warning', ...warning });
}

async function* evaluateOnDev(run: Run, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  run.activity.begin('scoring the best prompts on dev', run.forecast.evaluation.high);
  yield* goal.evaluateOnDev();
  run.activity.end();
  const fitted = run.policies?.ranking(1) ?? run.prompts.candidates.byTrainScore(run.config.evaluationCandidates);
  const scored = run.policies ? [] : run.prompts.top(Number.POSITIVE_INFINITY);
  for (const warning of run.watch.evaluationWarnings(fitted, scored)) yield run.emit({ type: 'warning', ...warning });
}

async function* baselines(run: Run, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  yield run.emit({ type: 'phase-start', phase: 'baselines' });
  if (run.reading.choice) {
    run.activity.begin('choosing label words', run.forecast.reading.high);
    const { prompt, reading } = await chooseReading(reportingChoice(run.reading.choice, run.activity));
    run.reading.readBy(reading);
    yield run.emit({ type: 'reading-chosen', prompt, reading });
  }
  run.activity.begin('scoring the baselines', run.forecast.baselines.high);
  const plain = run.reading.choice ? plainCandidates(run.task) : [];
  const measured = await measureBaselines(run, { compete: goal.takesPrompts, plain });
  run.prompts.baselines = measured;
  yield run.emit({ type: 'baselines-end', baselines: measured, ...run.evaluator.counters() });
  const unlikely = await run.unlikelyWords(measured);
  if (unlikely) yield run.emit({ type: 'warning', ...unlikely });
  const best = goal.noteBaselines();
  if (best) yield run.emit(best);
  for (const text of run.config.initPrompts) yield* goal.addPrompt(text, 'warm-start');
  if (run.config.promptLibrary) yield* startFromLibrary(run, goal);
  run.activity.end();
}

/** What earlier runs found on similar tasks is scored like any prompt a person types. */
async function* startFromLibrary(run: Run, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  const { prompts, message } = recallForRun(run, run.config.libraryPrompts);
  yield run.emit({ type: 'warning', code: 'prompt-library', message });
  for (const { text } of prompts) yield* goal.addPrompt(text, 'warm-start');
}

async function* addToLibrary(run: Run): AsyncGenerator<RunEvent, void> {
  const failure = await rememberRun(run, run.prompts.top(run.config.candidates));
  if (failure) yield run.emit({ type: 'warning', code: 'prompt-library', message: failure });
}

async function* serveRequests(run: Run, goal: SearchGoal): AsyncGenerator<RunEvent, void> {
  for (const { weights } of run.weights.takeLost(run.step)) yield* changeWeights(run, weights);
  for (let request = run.requests.next(); request; request = run.requests.next()) {
    if (request.kind === 'save') yield run.saveCheckpoint();
    else if (request.kind === 'evaluate') yield* evaluateOnDev(run, goal);
    else if (request.kind === 'export-best') yield run.emit(exportBest(run.store, goal, request.format));
    else if (request.kind === 'inspect') {
      const inspection = run.inspect(request.text);
      request.answer(inspection);
      // Whoever asked hears of a failure; the run does not end by it.
      await inspection.catch(() => undefined);
    } else if (request.kind === 'set-weights') yield* changeWeights(run, request.weights);
    else {
      if (request.kind === 'add-prompt') yield* goal.addPrompt(request.text, 'user');
      else yield* goal.changeLabelWords(request.prompt, request.edits);
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
async function* changeWeights(run: Run, change: Readonly<Record<string, number>>): AsyncGenerator<RunEvent, void> {
  const event = run.weights.change(change, run.step, run);
  yield run.emit(event);
  if (event.type === 'weights-changed') yield run.saveCheckpoint();
}

async function* saveAndStop(run: Run, reason: StopRequest): AsyncGenerator<RunEvent, never> {
  yield run.saveCheckpoint();
  yield emitInterrupted(run, reason, run.step);
  throw interruptedError(run, reason, `stopped at step ${run.step} on request`, 'everything up to this step is saved');
}

/** Ends a run in the midst of something long; it resumes from its last checkpoint, as after a power cut. */
async function* stopAtOnce(run: Run, reason: StopRequest): AsyncGenerator<RunEvent, never> {
  const step = run.store.savedStep;
  yield emitInterrupted(run, reason, step ?? 0);
  if (run.requests.isSearchOver) {
    const steps = step === 1 ? 'the step' : `all ${step} steps`;
    throw interruptedError(
      run,
      reason,
      'stopped in the final evaluation',
      `${steps} and every computed score are kept`,
    );
  }
  const kept =
    step === undefined
      ? 'every computed score is kept'
      : `the checkpoint after step ${step} and every computed score are kept`;
  throw interruptedError(run, reason, 'stopped at once on request', kept);
}

function emitInterrupted(run: Run, reason: StopRequest, step: number): RunEvent {
  const during = run.requests.isSearchOver ? ({ during: 'final-evaluation' } as const) : {};
  return run.emit({ type: 'run-interrupted', step, reason, ...during, resumeCommand: run.store.resumeCommand });
}

function interruptedError({ store }: Run, reason: StopRequest, message: string, kept: string): RlpromptError {
  const exit = reason === 'user' ? 'ok' : reason;
  const { path: where, resumeCommand: next } = store;
  return new RlpromptError({ code: 'E_INTERRUPTED', exit, message, where, kept, next });
}
