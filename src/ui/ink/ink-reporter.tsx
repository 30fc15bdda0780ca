import { render } from 'ink';
import type { ReactNode } from 'react';
import { type PromptSummary, promptKey, type Reporter, type RunControls } from '../../events.js';
import { asciiStream, wantsAscii } from '../ascii.js';
import type { Clock } from '../clock.js';
import { layoutFor } from '../draw/layout.js';
import { paint, wantsColour } from '../draw/palette.js';
import { ProgressWatch } from '../progress-watch.js';
import { type OutputStream, quietWriter } from '../quiet-writer.js';
import { RemoteWatch } from '../remote-watch.js';
import { INITIAL_SCREEN, metricOf, reduceScreen, type ScreenState } from '../screen-state.js';
import { finalSummary } from '../summary.js';
import type { InspectedPrompt } from './board/board-props.js';
import { inspectionText } from './board/inspection.js';
import { messageText } from './board/messages.js';
import { shownPrompts } from './board/prompts.js';
import { Screen } from './board/screen.js';
import { Keys } from './input/keys.js';
import { noteAfter } from './input/notes.js';
import { INITIAL_KEYBOARD, type KeyAction, pressKeys } from './input/press-key.js';
import { FrameStream } from './parts/frame-stream.js';
import { Guard } from './parts/guard.js';

export interface InkReporterOptions {
  readonly stderr: OutputStream;
  readonly stdin: { readonly isTTY?: boolean | undefined; readonly setRawMode?: (isRaw: boolean) => unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly controls?: RunControls | undefined;
  readonly onForceQuit: () => void;
  readonly clock: Clock;
  /** State to resume from: what a resumed run did before. */
  readonly state?: ScreenState | undefined;
  readonly asStarted?: ((text: string) => string) | undefined;
  /** Told when the screen cannot be drawn any more. */
  readonly onFailure: (error: unknown) => void;
}

export interface InkReporter extends Reporter {
  /** What the screen knows of the run, for a display that takes over. */
  state(): ScreenState;
}

/** Least time between two frames. Drawing one takes Ink 10 to 30 ms of the processor that the run needs. */
const FRAME_MS = 250;
/** The same after a key: typing must feel immediate. */
const KEY_FRAME_MS = 50;
/** How long after Ctrl-Z keys are read again where nothing suspended the program. */
const UNHEARD_MS = 300;

/** A live status board at the end of the scrollback. It reads events and keys, and steers only through the controls. */
export function createInkReporter(options: InkReporterOptions): InkReporter {
  const { stdin, env, controls, clock } = options;
  const stderr = wantsAscii(env) ? asciiStream(options.stderr) : options.stderr;
  const stream = new FrameStream(stderr);
  const colour = wantsColour(stderr, env);
  const remote = new RemoteWatch(() => controls?.usage() ?? [], clock);
  const progress = new ProgressWatch(() => controls?.progress(), clock);
  let state = options.state ?? INITIAL_SCREEN;
  let keyboard = INITIAL_KEYBOARD;
  let inspected: InspectedPrompt | undefined;
  /** The prompt whose label words are being typed. */
  let edited: PromptSummary | undefined;
  let startedAt = clock.now();
  let elapsedSeconds = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let cancelDraw: (() => void) | undefined;
  let closed = false;
  // Ink turns raw mode on after its first frame: were that the board, the terminal would echo a key that it names, and
  // make a signal of Ctrl-C.
  let keysAreRead = false;

  const isOver = (): boolean =>
    state.result !== undefined || state.interrupted !== undefined || state.phase === 'failed';
  const isSearchOver = (): boolean => isOver() || state.phase === 'final-evaluation';
  const board = (): ReactNode => (
    <Guard onFailure={options.onFailure}>
      <Keys active={stdin.isTTY === true} onInput={onInput} onReady={onReady} />
      {(keysAreRead || closed) && (
        <Screen
          state={state}
          keyboard={keyboard}
          elapsedSeconds={elapsedSeconds}
          inspected={keyboard.mode === 'prompt' ? inspected : undefined}
          edited={edited}
          progress={isOver() ? undefined : progress.now()}
          remote={isOver() ? [] : remote.lines()}
          steerable={controls !== undefined}
          canPress={stdin.isTTY === true && !closed}
          columns={stderr.columns ?? 80}
          rows={stderr.rows ?? 24}
          colour={colour}
        />
      )}
    </Guard>
  );
  const draw = (): void => {
    cancelDraw?.();
    cancelDraw = undefined;
    drawnAt = clock.now();
    // A replay has the recorded time, whatever its speed.
    if (!isOver())
      elapsedSeconds = controls ? state.secondsBefore + (clock.now() - startedAt) / 1000 : state.pace.seconds;
    try {
      ink.rerender(board());
    } catch (error) {
      // Thrown in a timer it would end the program.
      options.onFailure(error);
    }
  };
  const drawWithin = (milliseconds: number): void => {
    cancelDraw?.();
    cancelDraw = clock.after(Math.max(0, drawnAt + milliseconds - clock.now()), draw);
  };
  const drawSoon = (): void => {
    if (!cancelDraw) drawWithin(FRAME_MS);
  };
  const onInput = (input: string): void => {
    const pressed = pressKeys(keyboard, input, !controls ? 'none' : isSearchOver() ? 'end' : 'search');
    const { selected } = pressed.keyboard;
    const last = Math.max(0, tableRows().length - 1);
    const columns = stderr.columns ?? 80;
    const isMessages = pressed.keyboard.mode === 'messages';
    const text = isMessages
      ? messageText(state.log, columns)
      : inspected
        ? inspectionText(inspected, state, columns)
        : [];
    keyboard = {
      ...pressed.keyboard,
      selected: selected === undefined ? undefined : Math.min(selected, last),
      scrolled: Math.min(pressed.keyboard.scrolled, text.length),
    };
    for (const action of pressed.actions) {
      try {
        if (action.kind === 'suspend') suspend();
        else if (action.kind === 'inspect') inspect();
        else if (action.kind === 'choose-prompt') chooseEdited();
        else if (action.kind === 'choose-weights') refuseOneObjective();
        else if (action.kind === 'change-label-words') controls?.changeLabelWords(edited?.text ?? '', action.edits);
        else perform(action, options);
      } catch (error) {
        keyboard = { ...keyboard, note: `that failed: ${error instanceof Error ? error.message : error}` };
      }
    }
    drawWithin(KEY_FRAME_MS);
  };
  const tableRows = (): PromptSummary[] => {
    return shownPrompts(state, layoutFor(stderr.columns ?? 80, stderr.rows ?? 24).prompts);
  };
  /** The arrows stay at the prompt that they chose, wherever it is ranked now. */
  const follow = (chosen: PromptSummary | undefined): void => {
    const selected = chosen ? tableRows().findIndex((prompt) => promptKey(prompt) === promptKey(chosen)) : -1;
    if (selected >= 0) keyboard = { ...keyboard, selected };
  };
  const inspect = (): void => {
    const prompt = tableRows()[keyboard.selected ?? 0];
    if (!prompt) {
      keyboard = { ...keyboard, mode: 'board', note: 'there is no prompt yet to look into' };
      return;
    }
    const answer = controls && !isSearchOver() && !prompt.policy ? controls.inspect(prompt.text) : undefined;
    inspected = { prompt, inspection: answer ? 'asked' : 'unknown' };
    const told = (inspection: InspectedPrompt['inspection']): void => {
      if (inspected?.prompt !== prompt) return;
      inspected = { prompt, inspection };
      drawSoon();
    };
    answer?.then(told, () => told('unknown'));
  };
  const chooseEdited = (): void => {
    const selected = keyboard.selected ?? 0;
    edited = tableRows()[selected];
    const problem = !state.start?.labels.length
      ? 'this task has no labels'
      : edited?.policy
        ? 'a policy has no label words of one prompt'
        : edited
          ? undefined
          : 'there is no prompt yet to give label words';
    keyboard = problem === undefined ? { ...keyboard, selected } : { ...keyboard, mode: 'board', note: problem };
  };
  const refuseOneObjective = (): void => {
    if (!state.objectives)
      keyboard = { ...keyboard, mode: 'board', note: 'this reward has one objective: there is nothing to weight' };
  };
  // In raw mode Ctrl-Z is a key like others: the shell must find its terminal as it left it, and so must the board afterwards.
  const suspend = (): void => {
    const { setRawMode } = stdin;
    if (process.platform === 'win32' || setRawMode === undefined) return;
    setRawMode.call(stdin, false);
    const resume = (): void => {
      process.off('SIGCONT', resume);
      clearTimeout(unheard);
      if (closed) return;
      setRawMode.call(stdin, true);
      stream.resumed();
      draw();
    };
    process.on('SIGCONT', resume);
    // The whole job, as a terminal does it: the shell waits for npm or a pipe's other end, too.
    process.kill(0, 'SIGTSTP');
    // Where no shell looks after the job, the system lets it run on.
    const unheard = setTimeout(resume, UNHEARD_MS);
  };
  const onReady = (): void => {
    if (closed) return;
    keysAreRead = true;
    drawWithin(0);
  };
  const onResize = (): void => {
    draw();
    stream.resized();
  };

  const ink = render(board(), {
    stdout: stream as unknown as NodeJS.WriteStream,
    stderr: stream as unknown as NodeJS.WriteStream,
    stdin: stdin as NodeJS.ReadStream,
    exitOnCtrlC: false,
    // What libraries print goes above the board, where the board is on this program's own terminal.
    patchConsole: (options.stderr as unknown) === process.stderr,
  });
  const ended = ink.waitUntilExit().catch(options.onFailure);
  stderr.on('resize', onResize);
  const stopTicking = clock.every(1000, drawSoon);

  return {
    state: () => state,
    report(event) {
      if (event.type === 'run-start') startedAt = clock.now();
      const newest = state.log.at(-1);
      const chosen = keyboard.selected === undefined ? undefined : tableRows()[keyboard.selected];
      state = reduceScreen(state, event);
      follow(chosen);
      const note = noteAfter(keyboard.note, event, metricOf(state), state.log.at(-1) !== newest);
      if (!keyboard.stopping) keyboard = { ...keyboard, note };
      drawSoon();
    },
    async close() {
      if (closed) return;
      closed = true;
      stopTicking();
      stderr.off('resize', onResize);
      keyboard = { ...keyboard, mode: 'board', note: undefined };
      draw();
      ink.unmount();
      await ended;
      const summary = finalSummary(state, stderr.columns ?? 80, options.asStarted);
      const lines = summary.map((spans) => `${spans.map((span) => paint(span, colour)).join('')}\n`);
      if (lines.length > 0) await quietWriter(stderr)(`\n${lines.join('')}`);
    },
  };
}

function perform(action: KeyAction, { controls, onForceQuit }: InkReporterOptions): void {
  if (action.kind === 'add-prompt') controls?.addPrompt(action.text);
  else if (action.kind === 'set-weights') controls?.setWeights(action.weights);
  else if (action.kind === 'force-quit') onForceQuit();
  else if (action.kind === 'pause') controls?.pause();
  else if (action.kind === 'continue') controls?.continue();
  else if (action.kind === 'save') controls?.save();
  else if (action.kind === 'evaluate') controls?.evaluate();
  else if (action.kind === 'export') controls?.exportBest(action.format);
  else if (action.kind === 'stop') controls?.stop('user');
  else controls?.stop('interrupted');
}
