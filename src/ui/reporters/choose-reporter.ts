import type { Reporter, RunControls, RunEvent } from '../../events.js';
import { type Clock, systemClock } from '../clock.js';
import { safeLine } from '../draw/safe-text.js';
import { loadInk } from '../load-ink.js';
import { type OutputStream, quietWriter } from '../quiet-writer.js';
import { INITIAL_SCREEN, reduceScreen, type ScreenState } from '../screen-state.js';
import { createFallbackReporter } from './fallback-reporter.js';
import { createJsonReporter } from './json-reporter.js';
import { createPlainReporter } from './plain-reporter.js';

export type UiName = 'ink' | 'plain' | 'json' | 'none';

/** The part of a terminal's input that the screen reads keys from. */
export interface InputStream {
  readonly isTTY?: boolean | undefined;
}

export interface ReporterChoice {
  /** By default `ink` on an interactive terminal, else `plain`. */
  readonly ui?: UiName | undefined;
  readonly stderr: OutputStream;
  readonly stdin: InputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without controls (a replay) the screen only offers to quit. */
  readonly controls?: RunControls | undefined;
  /** Called at the second Ctrl-C, when the user will not wait for the step to end; without controls at the first. */
  readonly onForceQuit: () => void;
  readonly clock?: Clock;
  /** What a resumed run said before: where the display continues. */
  readonly past?: Iterable<RunEvent> | undefined;
  /** Puts the words with which the program was started before its commands. */
  readonly asStarted?: ((text: string) => string) | undefined;
}

/** Whether a person sits before a terminal that can redraw. */
export function isInteractive({ stderr, stdin, env }: Pick<ReporterChoice, 'stderr' | 'stdin' | 'env'>): boolean {
  const isCi = env.CI !== undefined && env.CI !== '' && env.CI !== '0' && env.CI !== 'false';
  return isRedrawable({ stderr, env }) && stdin.isTTY === true && !isCi;
}

/** Whether a run is shown on a screen that is redrawn. */
export function isScreen(choice: Pick<ReporterChoice, 'ui' | 'stderr' | 'stdin' | 'env'>): boolean {
  return nameOf(choice) === 'ink' && isRedrawable(choice);
}

function nameOf(choice: Pick<ReporterChoice, 'ui' | 'stderr' | 'stdin' | 'env'>): UiName {
  return choice.ui ?? (isInteractive(choice) ? 'ink' : 'plain');
}

/** Makes the reporter that fits the choice and the terminal. Ink and React are loaded only when used. */
export async function chooseReporter(choice: ReporterChoice): Promise<Reporter> {
  const ui = nameOf(choice);
  if (ui === 'none') return { report: () => {}, close: () => Promise.resolve() };
  if (ui === 'json') return createJsonReporter(choice.stderr);
  if (isScreen(choice)) return createScreenReporter(choice);
  if (ui === 'ink')
    void quietWriter(choice.stderr)('rlprompt: --ui ink needs a terminal on stderr; showing plain lines\n');
  return plainReporter(choice);
}

function isRedrawable({ stderr, env }: Pick<ReporterChoice, 'stderr' | 'env'>): boolean {
  return stderr.isTTY === true && env.TERM !== 'dumb';
}

function stateAfter(past: Iterable<RunEvent>): ScreenState {
  let state = INITIAL_SCREEN;
  for (const event of past) state = reduceScreen(state, event);
  return state;
}

async function createScreenReporter(choice: ReporterChoice): Promise<Reporter> {
  const before = stateAfter(choice.past ?? []);
  const fallBack = (error: unknown, state = before): Reporter => {
    const reason = error instanceof Error ? error.message : error;
    void quietWriter(choice.stderr)(
      `${safeLine`rlprompt: the screen failed (${reason}); continuing in plain lines`}\n`,
    );
    return createPlainReporter({
      stream: choice.stderr,
      env: choice.env,
      clock: choice.clock ?? systemClock,
      state,
      asStarted: choice.asStarted,
      controls: choice.controls,
    });
  };
  try {
    const { createInkReporter } = await loadInk(() => import('../ink/ink-reporter.js'));
    let screen: ReturnType<typeof createInkReporter> | undefined;
    return createFallbackReporter(
      (onFailure) => {
        screen = createInkReporter({ ...choice, state: before, clock: choice.clock ?? systemClock, onFailure });
        return screen;
      },
      (error) => fallBack(error, screen?.state()),
    );
  } catch (error) {
    return fallBack(error);
  }
}

function plainReporter({ stderr, env, clock = systemClock, asStarted, controls, past = [] }: ReporterChoice): Reporter {
  return createPlainReporter({ stream: stderr, env, clock, asStarted, controls, state: stateAfter(past) });
}
