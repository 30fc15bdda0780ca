import type { Reporter, RunControls, RunEvent, RunProgress } from '../../events.js';
import { type Clock, systemClock } from '../clock.js';
import { paint, type Span, type Style, wantsColour } from '../draw/palette.js';
import { safeLine } from '../draw/safe-text.js';
import { cutToWidth } from '../draw/text-width.js';
import { formatCount, formatDuration, formatRate, formatScore, formatShare } from '../format-values.js';
import { forwardsPerSecond } from '../pace.js';
import { progressText } from '../progress-watch.js';
import { type OutputStream, quietWriter } from '../quiet-writer.js';
import { RemoteWatch } from '../remote-watch.js';
import { describeEvent, describeScores, type LogLevel, namePrompt } from '../run-log.js';
import {
  cacheHitRate,
  INITIAL_SCREEN,
  metricOf,
  reduceScreen,
  type ScreenState,
  screenTimeLeft,
} from '../screen-state.js';
import { finalSummary } from '../summary.js';

export interface PlainReporterOptions {
  readonly stream: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly asStarted?: ((text: string) => string) | undefined;
  /** Says what services and workers have done. */
  readonly controls?: Pick<RunControls, 'usage' | 'progress'> | undefined;
  /** State to resume from, where another display drew the run so far. */
  readonly state?: ScreenState;
}

const HEARTBEAT_MS = 30_000;
/** The longest line of a log; a warning says what to do in its last words and may be longer. */
const LOG_WIDTH = 200;
const WARNING_WIDTH = 450;
/** Events whose news another line tells. */
const UNTOLD: ReadonlySet<RunEvent['type']> = new Set(['best-prompt-updated']);
/** Events after which a line says how far services and workers are. */
const TELLING: ReadonlySet<RunEvent['type']> = new Set(['baselines-end', 'evaluation-end']);
const LEVEL_STYLES: Readonly<Record<LogLevel, Style>> = { info: 'plain', good: 'good', warn: 'warn', bad: 'bad' };

/** Shows a run line by line, for logs and dumb terminals: one line an evaluation, and one when half a minute was silent. */
export function createPlainReporter(options: PlainReporterOptions): Reporter {
  const { stream, env, clock = systemClock } = options;
  const write = quietWriter(stream);
  const colour = wantsColour(stream, env);
  let state = options.state ?? INITIAL_SCREEN;
  let written: Promise<void> = Promise.resolve();
  let cancelHeartbeat = (): void => {};
  const remote = new RemoteWatch(() => options.controls?.usage() ?? [], clock);
  const remoteLines = (): Span[][] => remote.lines().map((line) => [{ text: safeLine`  ${line}`, style: 'dim' }]);
  const print = (spans: readonly Span[]): void => {
    written = write(`${spans.map((span) => paint(span, colour)).join('')}\n`);
    cancelHeartbeat();
    cancelHeartbeat = clock.after(HEARTBEAT_MS, () => {
      print([{ text: heartbeatLine(state, options.controls?.progress()), style: 'dim' }]);
      remoteLines().forEach(print);
    });
  };
  return {
    report(event) {
      state = reduceScreen(state, event);
      for (const line of linesOf(event, state)) print(line);
      if (TELLING.has(event.type)) remoteLines().forEach(print);
      if (event.type === 'run-end' || event.type === 'run-interrupted')
        finalSummary(state, LOG_WIDTH, options.asStarted).forEach(print);
    },
    async close() {
      cancelHeartbeat();
      await written;
    },
  };
}

function linesOf(event: RunEvent, state: ScreenState): Span[][] {
  if (event.type === 'run-start') return [...startLines(event), ...logLine(event, state)];
  if (event.type === 'phase-start') return [[{ text: safeLine`${event.phase.replace('-', ' ')} …`, style: 'dim' }]];
  if (event.type === 'evaluation-end') return [[{ text: evaluationLine(event, state) }], ...logLine(event, state)];
  if (UNTOLD.has(event.type)) return [];
  return logLine(event, state);
}

function startLines(event: RunEvent & { type: 'run-start' }): Span[][] {
  const [train, dev, test] = [event.examples.train, event.examples.dev, event.examples.test].map(formatCount);
  return [
    [
      {
        text: safeLine`${event.task} (${event.kind}): generator ${event.generator}, target ${event.targetLm}, ${event.trainer}, preset ${event.preset}, seed ${event.seed}`,
        style: 'strong',
      },
    ],
    [{ text: safeLine`${train} train, ${dev} dev, ${test} test examples; run folder ${event.runDir}` }],
  ];
}

function logLine(event: RunEvent, state: ScreenState): Span[][] {
  const entry = describeEvent(event, state.step, metricOf(state));
  if (!entry) return [];
  const label = entry.level === 'warn' ? 'warning: ' : entry.level === 'bad' ? 'error: ' : '';
  const width = label === '' ? LOG_WIDTH : WARNING_WIDTH;
  return [[{ text: cutToWidth(safeLine`${label}${entry.text}`, width), style: LEVEL_STYLES[entry.level] }]];
}

function evaluationLine(event: RunEvent & { type: 'evaluation-end' }, state: ScreenState): Span['text'] {
  const metric = metricOf(state);
  const first = event.prompts[0];
  const reward = state.lastStep
    ? `  reward ${formatScore(state.lastStep.rewardMean)} mean, ${formatScore(state.lastStep.rewardMax)} max`
    : '';
  const scores = first
    ? `  dev ${metric} ${formatScore(first.dev?.[metric])}, train ${formatScore(first.train[metric])}  ${namePrompt(first)}`
    : '';
  return cutToWidth(safeLine`${progress(state)}${reward}${objectivesOf(state)}${leftOf(state)}${scores}`, LOG_WIDTH);
}

/** The objectives' means in the last step, each in its own unit. */
function objectivesOf({ objectives = [], lastStep }: ScreenState): string {
  if (objectives.length === 0 || !lastStep?.parts) return '';
  return `  ${objectives.map(({ name }) => `${name} ${formatScore(lastStep.parts?.[name])}`).join(', ')}`;
}

function heartbeatLine(state: ScreenState, now: RunProgress | undefined): Span['text'] {
  const phase = now ? progressText(now) : state.phase.replace('-', ' ');
  const doing = state.paused ? 'paused' : phase;
  // Events count forwards; before the first one, the rows of what is being done are the whole count.
  const speed =
    now && state.forwards === 0
      ? ''
      : `  ${formatRate(forwardsPerSecond(state.pace))} forwards/s, ${formatCount(state.forwards)} forwards, ${formatShare(cacheHitRate(state))} cache hits`;
  return safeLine`${progress(state)}  ${doing}${speed}${leftOf(state)}${leaderOf(state)}`;
}

function leaderOf(state: ScreenState): string {
  const { leader } = state;
  return leader
    ? `  best on train, dev pending: ${describeScores(leader, metricOf(state))}  ${namePrompt(leader)}`
    : '';
}

function progress(state: ScreenState): string {
  const steps = String(state.start?.limits.steps ?? '?');
  return `step ${String(state.step).padStart(steps.length)}/${steps}`;
}

function leftOf(state: ScreenState): string {
  const left = screenTimeLeft(state);
  return left ? `  left ${formatDuration(left.seconds)}` : '';
}
