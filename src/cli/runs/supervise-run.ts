import { constants } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunConfigInput } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { Reporter, RunControls, RunEvent, RunResult } from '../../events.js';
import { abortable } from '../../files/abortable.js';
import { requireAddresses } from '../../files/memory-limits.js';
import { isThere } from '../../files/read/is-there.js';
import type { OptimizeOptions } from '../../optimize.js';
import { shellWord } from '../../shell-word.js';
import { wrapText } from '../../ui/draw/wrap-text.js';
import type { UiName } from '../../ui/reporters/choose-reporter.js';
import { toVisibleJson } from '../../visible-json.js';
import type { CliContext } from '../output/context.js';
import { reportDownloads } from '../output/download-progress.js';
import { writeResult } from '../output/output.js';
import { resultLine } from '../output/result-line.js';
import { say } from '../output/say.js';
import { collectLessOften } from '../shared/heap-growth.js';
import { watchSignals } from '../signals/signal-watch.js';
import { hearSignals, type StopSignal } from '../signals/signals.js';

/** What `run` and `resume` take beside settings. */
export interface RunOptions {
  readonly ui?: UiName;
  readonly json?: true;
  readonly failUnder?: number;
  /** Of `resume` alone. */
  readonly changedTask?: true;
}

const STOP_REASONS = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'terminated' } as const;

const STOP_SIGNALS = Object.keys(STOP_REASONS) as StopSignal[];

const UI_NAMES = ['ink', 'plain', 'json', 'none'];

/** Which display a command shows its runs in. */
export function uiOption(description = 'progress on stderr: ink (default on a terminal), plain, json or none'): Option {
  return new Option('--ui <NAME>', description).choices(UI_NAMES).helpGroup('Output:');
}

export function addRunOptions(command: Command): void {
  command
    .addOption(uiOption())
    .addOption(new Option('--json', 'print the result as one JSON object').helpGroup('Output:'))
    .addOption(
      new Option('--fail-under <SCORE>', 'exit with 10 if the test score is lower')
        .argParser(parseScore)
        .helpGroup('Output:'),
    );
}

/** Runs or resumes an optimisation as `followRun` does, and puts its result on stdout. */
export async function superviseRun(
  config: RunConfigInput,
  options: RunOptions & { readonly resume?: string },
  context: CliContext,
): Promise<void> {
  const { result, metric } = await followRun(config, options, context);
  const lines = options.json
    ? [toVisibleJson(result)]
    : wrapText(resultLine(result), context.stdout.columns ?? Number.POSITIVE_INFINITY);
  writeResult(context, `${lines.join('\n')}\n`);
  if (options.failUnder !== undefined) checkThreshold(result, metric, options.failUnder);
}

/** A run that came to its end, and the metric that decided in it. */
export interface FollowedRun {
  readonly result: RunResult;
  readonly metric: string;
}

/**
 * Runs or resumes an optimisation: shows its events and turns signals into requests to save and stop. The first signal
 * ends the run after its step, the second at once.
 */
export async function followRun(
  config: RunConfigInput,
  {
    ui,
    resume,
    changedTask,
  }: { readonly [key in 'ui' | 'changedTask']?: RunOptions[key] | undefined } & {
    readonly resume?: string | undefined;
  },
  context: CliContext,
): Promise<FollowedRun> {
  requireAddresses();
  const supervisor = new Supervisor(ui, context);
  const options: OptimizeOptions = {
    signal: supervisor.signal,
    attach: (controls) => supervisor.attach(controls),
    ...(resume === undefined ? {} : { resume }),
    ...(changedTask ? { changedTask } : {}),
    ...(ui === 'none' ? {} : { onProgress: reportDownloads(context), onNote: (note) => supervisor.note(note) }),
  };
  return supervisor.follow(config, options);
}

/** Of a run that is stopped at any moment; before its first checkpoint there are scores alone. */
const KEPT = 'every computed score is kept, and the last checkpoint if one was saved';

/** How long the display may take to close once a signal has come. */
const CLOSING_MS = 1000;

class Supervisor {
  private controls: RunControls | undefined;
  private reporter: Reporter | undefined;
  private metric = 'accuracy';
  private runDir: string | undefined;
  private stoppedBy: StopSignal | undefined;
  private isOnScreen = false;
  private isStopTold = false;
  private readonly loading = new AbortController();
  private readonly notes: string[] = [];
  private stop = (): void => {};
  private readonly isStopped = new Promise<void>((done) => {
    this.stop = done;
  });
  private readonly endHearing = hearSignals(STOP_SIGNALS, (signal) => this.receive(signal));

  constructor(
    private readonly ui: UiName | undefined,
    private readonly context: CliContext,
  ) {}

  attach(controls: RunControls): void {
    this.controls = controls;
    if (this.stoppedBy) controls.stop(STOP_REASONS[this.stoppedBy]);
  }

  /** Ends what comes before the run itself: the program's own files, the task, the models. */
  get signal(): AbortSignal {
    return this.loading.signal;
  }

  /** Said when the display has gone. */
  note(text: string): void {
    this.notes.push(text);
  }

  async follow(config: RunConfigInput, options: OptimizeOptions): Promise<FollowedRun> {
    const endWatch = watchSignals(
      STOP_SIGNALS.map((name) => [constants.signals[name], name]),
      Object.fromEntries(STOP_SIGNALS.map((name) => [name, `${this.stoppedAtOnce(STOP_REASONS[name]).line()}\n`])),
    );
    try {
      const { optimize } = await abortable(import('../../optimize.js'), this.signal);
      const events = optimize(config, options);
      for (let next = await events.next(); ; next = await events.next()) {
        if (next.done) return { result: next.value, metric: this.metric };
        await this.show(next.value);
      }
    } catch (error) {
      const told = this.stoppedBy === 'SIGHUP' ? asHangup(error) : this.withRun(error);
      if (this.isStopTold) this.context.toldOnScreen = told;
      throw told;
    } finally {
      await this.closeReporter();
      for (const note of this.notes) say(this.context, `rlprompt: ${note}`);
      endWatch();
      this.endHearing();
    }
  }

  /** After a signal, whoever has stopped reading what is shown holds the program no longer. */
  private async closeReporter(): Promise<void> {
    const late = this.isStopped.then(() => new Promise((done) => setTimeout(done, CLOSING_MS)));
    await Promise.race([this.reporter?.close(), late]);
  }

  /** What stopped a run that was under way has left it as it was at its last checkpoint. */
  private withRun(error: unknown): unknown {
    const { runDir } = this;
    if (!(error instanceof RlpromptError)) return error;
    // Nothing can be resumed yet.
    if (runDir === undefined || !isThere(runDir)) {
      const next = error.next?.replace(/ then resume( with --changed-task)?/, ' then start again');
      return next === undefined ? error : new RlpromptError({ ...error.parts, cause: error.cause, next });
    }
    const { code, exit, message, where, cause } = error;
    const kept = error.kept ?? KEPT;
    const resume = `rlprompt resume ${shellWord(runDir)}`;
    const isForDisk = code === 'E_IO' && error.next !== undefined;
    const next = isForDisk ? `${error.next}, then ${resume}` : (error.next ?? resume);
    return new RlpromptError({ code, exit, message, where, cause, kept, next });
  }

  private async show(event: RunEvent): Promise<void> {
    if (event.type === 'run-start') {
      this.metric = event.metric;
      this.runDir = event.runDir;
    }
    if (event.type === 'phase-start' && event.phase !== 'loading') collectLessOften();
    this.reporter ??= await this.createReporter(event);
    this.reporter.report(event);
    if (event.type === 'run-interrupted') this.isStopTold = this.isOnScreen;
  }

  private async createReporter(first: RunEvent): Promise<Reporter> {
    const [{ chooseReporter, isScreen }, { readEvents }] = await Promise.all([
      import('../../ui/reporters/choose-reporter.js'),
      import('../../run/store/logs/event-log.js'),
    ]);
    const isResumed = first.type === 'run-start' && first.resumedAtStep !== undefined;
    const past = isResumed ? [...readEvents(first.runDir)].filter(({ seq }) => seq < first.seq) : [];
    const { stderr, stdin, env, asStarted } = this.context;
    const onForceQuit = () => this.abort('interrupted');
    this.isOnScreen = isScreen({ ui: this.ui, stderr, stdin, env });
    return chooseReporter({ ui: this.ui, stderr, stdin, env, controls: this.controls, onForceQuit, asStarted, past });
  }

  private receive(signal: StopSignal): void {
    if (this.stoppedBy) this.abort(STOP_REASONS[signal]);
    this.stoppedBy = signal;
    this.stop();
    if (this.controls) this.controls.stop(STOP_REASONS[signal]);
    else this.loading.abort(this.stoppedEarly(STOP_REASONS[signal]));
  }

  private stoppedEarly(exit: 'interrupted' | 'terminated'): RlpromptError {
    const kept = 'what was downloaded, if anything';
    return new RlpromptError({ code: 'E_INTERRUPTED', exit, message: 'stopped before the run began', kept });
  }

  private abort(exit: 'interrupted' | 'terminated'): never {
    return this.context.abort(this.runDir === undefined ? this.stoppedEarly(exit) : this.stoppedAtOnce(exit));
  }

  private stoppedAtOnce(exit: 'interrupted' | 'terminated'): RlpromptError {
    return new RlpromptError({
      code: 'E_INTERRUPTED',
      exit,
      message: 'stopped at once',
      where: this.runDir,
      kept: KEPT,
      next: this.runDir === undefined ? 'rlprompt runs list' : `rlprompt resume ${shellWord(this.runDir)}`,
    });
  }
}

/** A closed terminal has an exit code of its own; the loop only knows that it was told to stop. */
function asHangup(error: unknown): unknown {
  if (!(error instanceof RlpromptError) || error.code !== 'E_INTERRUPTED') return error;
  return error.with({ exit: 'hangup' });
}

function checkThreshold(result: RunResult, metric: string, least: number): void {
  refuseScore(result.best.test[metric], { least, metric, kept: result.runDir });
}

/** @throws RlpromptError `E_FAIL_UNDER` where a test score is lower than asked for, or unknown. */
export function refuseScore(
  score: number | undefined,
  { least, metric, kept }: { readonly least: number; readonly metric: string; readonly kept: string },
): void {
  if (score !== undefined && score >= least) return;
  throw new RlpromptError({
    code: 'E_FAIL_UNDER',
    exit: 'belowThreshold',
    message: `test ${metric} ${score ?? 'unknown'} is below ${least}`,
    where: '--fail-under',
    kept,
  });
}

function parseScore(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || !Number.isFinite(score)) throw new InvalidArgumentError('expected a number such as 0.8');
  return score;
}
