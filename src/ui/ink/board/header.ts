import type { Span, Style } from '../../draw/palette.js';
import { type SafeText, safeLine, safeText } from '../../draw/safe-text.js';
import { cutToWidth, fitToWidth, widthOf } from '../../draw/text-width.js';
import { formatCount, formatDuration, formatRate, formatShare } from '../../format-values.js';
import { modelName } from '../../model-name.js';
import { forwardsPerSecond } from '../../pace.js';
import { progressText } from '../../progress-watch.js';
import { cacheHitRate, type ScreenState, screenTimeLeft } from '../../screen-state.js';
import type { BoardProps } from './board-props.js';

/** The header's lines, the most telling first to stay when there is room for few. */
export function headerLines(props: BoardProps, count: number, width: number): Span[][] {
  if (count === 1) return [progressLine(props, width)];
  const lines = [
    titleLine(props, width),
    progressLine(props, width),
    costLine(props, width),
    folderLine(props.state, width),
  ];
  return lines.slice(0, count);
}

function titleLine({ state, keyboard }: BoardProps, width: number): Span[] {
  const { start } = state;
  const [status, style] = statusOf(state, keyboard.stopping);
  const room = width - widthOf(status) - 2;
  if (!start)
    return [
      { text: fitToWidth(safeText('rlprompt'), room), style: 'title' },
      { text: safeLine`  ${status}`, style },
    ];
  const task = safeText(start.task);
  const [generator, target] = [start.generator, start.targetLm].map(modelName);
  const models = start.generator === start.targetLm ? target : `${generator} prompts ${target}`;
  const facts = safeLine`  ${models} · ${start.trainer} · ${start.preset} preset · seed ${start.seed}`;
  const factsRoom = room - widthOf(task);
  return [
    { text: factsRoom > 0 ? task : fitToWidth(task, room), style: 'title' },
    { text: fitToWidth(facts, Math.max(0, factsRoom)), style: 'dim' },
    { text: safeLine`  ${status}`, style },
  ];
}

function statusOf(state: ScreenState, stopping: boolean): [status: SafeText, style: Style] {
  if (state.phase === 'failed') return [safeText('failed'), 'bad'];
  if (state.phase === 'finished') return [safeText('finished'), 'good'];
  if (state.phase === 'stopped') return [safeText('saved'), 'warn'];
  if (stopping) return [safeText('stopping'), 'warn'];
  if (state.paused) return [safeText('paused'), 'warn'];
  return [safeText(state.phase.replace('-', ' ')), 'good'];
}

/** How far the search is, or what is done before and after it. */
function progressLine({ state, elapsedSeconds, progress }: BoardProps, width: number): Span[] {
  if (progress && (state.phase === 'baselines' || state.phase === 'final-evaluation')) {
    const left = { seconds: progress.secondsLeft, because: '' };
    const share = progress.rows / Math.max(1, progress.most);
    return barLine(safeText(progress.doing), share, { elapsedSeconds, left }, width);
  }
  const total = state.start?.limits.steps;
  const left = screenTimeLeft(state);
  const digits = total === undefined ? 1 : String(total).length;
  const step = safeLine`step ${String(state.step).padStart(digits)}/${total ?? '–'}`;
  const because = left && left.limit !== 'steps' ? ` (${left.limit})` : '';
  return barLine(step, shareDone(state), { elapsedSeconds, left: { seconds: left?.seconds, because } }, width);
}

interface Times {
  readonly elapsedSeconds: number;
  readonly left: { readonly seconds: number | undefined; readonly because: string };
}

function barLine(name: SafeText, done: number, { elapsedSeconds, left }: Times, width: number): Span[] {
  const leftText = safeLine`left ${formatDuration(left.seconds)}`;
  const times = width < 60 ? leftText : safeLine`elapsed ${formatDuration(elapsedSeconds)}  ${leftText}${left.because}`;
  const share = safeText(formatShare(done).padStart(5));
  const bar = width - widthOf(name) - widthOf(share) - widthOf(times) - 5;
  if (bar < 4) return [{ text: safeLine`${name}  ${times}`, style: 'strong' }];
  const filled = Math.round(bar * done);
  return [
    { text: safeLine`${name}  `, style: 'strong' },
    { text: safeText('━'.repeat(filled)), style: 'good' },
    { text: safeText('─'.repeat(bar - filled)), style: 'dim' },
    { text: safeLine`${share}   ` },
    { text: times },
  ];
}

/** Of the limits, the one used up most. */
function shareDone({ start, step, forwards, pace, phase }: ScreenState): number {
  if (phase === 'finished') return 1;
  if (!start) return 0;
  const { steps, forwards: most, minutes } = start.limits;
  const shares = [
    step / steps,
    most === undefined ? 0 : forwards / most,
    minutes === undefined ? 0 : pace.seconds / (60 * minutes),
  ];
  return Math.min(1, Math.max(0, ...shares.filter(Number.isFinite)));
}

/** From here on it is told how far something is. */
const SLOW_SECONDS = 2;

function costLine({ state, remote, progress }: BoardProps, width: number): Span[] {
  if (remote.length > 0) return [{ text: cutToWidth(safeLine`${remote.join(' | ')}`, width) }];
  // A run counts them first at the end of the baselines, and "0 forwards" until then would be wrong.
  if (state.forwards === 0) return [{ text: safeText('forwards are counted after the baselines'), style: 'dim' }];
  const rate = safeLine`${formatRate(forwardsPerSecond(state.pace))} forwards/s`;
  const hits = safeLine`${formatShare(cacheHitRate(state))} cache hits`;
  // Before and after the search, the line above tells it.
  const isSlow = state.phase === 'training' && progress && progress.seconds >= SLOW_SECONDS;
  const doing = isSlow ? ` · ${progressText(progress)}` : '';
  const details = safeLine` · ${formatCount(state.forwards)} forwards · ${hits}${doing}`;
  return [{ text: rate }, { text: width < 50 ? safeLine` · ${hits}` : details, style: 'dim' }];
}

function folderLine({ start, savedStep }: ScreenState, width: number): Span[] {
  if (!start) return [];
  const saved = savedStep === undefined ? '' : ` · saved after step ${savedStep}`;
  const [train, dev, test] = [start.examples.train, start.examples.dev, start.examples.test].map(formatCount);
  const folder = safeLine`${start.runDir}${saved}`;
  const examples = safeLine` · ${train} train, ${dev} dev, ${test} test examples`;
  const fits = widthOf(folder) + widthOf(examples) <= width;
  return [{ text: fits ? safeLine`${folder}${examples}` : folder, style: 'dim' }];
}
