import type { PlannedRange, RunStartEvent, StepEndEvent } from '../events.js';

/** How fast a run goes, from the steps' own durations, so that a replay and a resume tell the same. */
export interface Pace {
  readonly recent: readonly { readonly seconds: number; readonly forwards: number | undefined }[];
  /** Seconds of all the steps this program saw. */
  readonly seconds: number;
  /** The run's count of forwards after the last step or evaluation. */
  readonly forwards: number | undefined;
}

export interface TimeLeft {
  /** Until the run's end, the final evaluation included. */
  readonly seconds: number;
  /** The limit that will be reached first. */
  readonly limit: 'steps' | 'forwards' | 'minutes';
}

const RECENT_STEPS = 20;

export const NO_PACE: Pace = { recent: [], seconds: 0, forwards: undefined };

export function paceAfterStep(pace: Pace, event: StepEndEvent): Pace {
  // What was spent before the first step (baselines, an earlier part of a resumed run) did not happen in it.
  const forwards = pace.forwards === undefined ? undefined : event.forwards - pace.forwards;
  const recent = [...pace.recent, { seconds: event.seconds, forwards }].slice(-RECENT_STEPS);
  return { recent, seconds: pace.seconds + event.seconds, forwards: event.forwards };
}

export function paceAfterEvaluation(pace: Pace, forwards: number): Pace {
  return { ...pace, forwards };
}

/** Forwards through the target LM a second, over the recent steps. */
export function forwardsPerSecond(pace: Pace): number | undefined {
  const counted = pace.recent.filter((step) => step.forwards !== undefined);
  const seconds = sum(counted.map((step) => step.seconds));
  return seconds > 0 ? Math.max(0, sum(counted.map((step) => step.forwards ?? 0))) / seconds : undefined;
}

/** Time until the end at the recent pace; undefined before the first step, or the second where forwards are limited. */
export function timeLeft(
  pace: Pace,
  step: number,
  { limits, otherRows }: Pick<RunStartEvent, 'limits' | 'otherRows'>,
): TimeLeft | undefined {
  if (pace.recent.length === 0) return undefined;
  const secondsPerStep = sum(pace.recent.map((recent) => recent.seconds)) / pace.recent.length;
  const rate = forwardsPerSecond(pace);
  if (limits.forwards !== undefined && rate === undefined) return undefined;
  const secondsFor = (rows: PlannedRange): number => (rate ? (rows.low + rows.high) / 2 / rate : 0);
  const evaluations = otherRows ? Math.floor(limits.steps / otherRows.evaluationEvery) : 0;
  const evaluated = otherRows ? Math.floor(step / otherRows.evaluationEvery) : 0;
  const evaluating = otherRows ? (evaluations - evaluated) * secondsFor(otherRows.evaluation) : 0;
  const ends: TimeLeft[] = [{ limit: 'steps', seconds: (limits.steps - step) * secondsPerStep + evaluating }];
  if (limits.forwards !== undefined && rate) {
    ends.push({ limit: 'forwards', seconds: (limits.forwards - (pace.forwards ?? 0)) / rate });
  }
  if (limits.minutes !== undefined) ends.push({ limit: 'minutes', seconds: 60 * limits.minutes - pace.seconds });
  const first = ends.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  const final = otherRows ? secondsFor(otherRows.final) : 0;
  return { ...first, seconds: Math.max(0, first.seconds) + final };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
