import {
  type Baseline,
  type BaselinesEvent,
  type PhaseEvent,
  type PromptSummary,
  promptKey,
  type RunEvent,
  type RunInterruptedEvent,
  type RunResult,
  type RunStartEvent,
  type StepEndEvent,
} from '../events.js';
import { splitShares } from '../run/select/selection.js';
import { addPoint, type Curve, emptyCurve } from './draw/curve.js';
import { mergePrompts } from './draw/prompt-table.js';
import { isNumber } from './format-values.js';
import { NO_PACE, type Pace, paceAfterEvaluation, paceAfterStep, type TimeLeft, timeLeft } from './pace.js';
import { describeEvent, type LogEntry } from './run-log.js';

/** All that a screen shows of a run; bounded in size however long the run. */
export interface ScreenState {
  readonly start: RunStartEvent | undefined;
  readonly phase: 'starting' | PhaseEvent['phase'] | 'finished' | 'stopped' | 'failed';
  readonly paused: boolean;
  readonly step: number;
  readonly lastStep: StepEndEvent | undefined;
  readonly pace: Pace;
  /** Time that a resumed run had taken when its checkpoint was saved. */
  readonly secondsBefore: number;
  /** Time that the run had taken when its last checkpoint was saved. */
  readonly secondsSaved: number;
  readonly forwards: number;
  readonly cacheHits: number;
  /** Raw reward of each step's prompts. */
  readonly rewardMean: Curve;
  readonly rewardMax: Curve;
  /** Objectives of the reward with their weights now, where it has several. */
  readonly objectives: RunStartEvent['objectives'];
  /** Of each objective the mean of each step's prompts, as a share of the objective's range. */
  readonly objectiveMeans: Readonly<Record<string, Curve>>;
  /** The metric on dev of the prompt ranked first, at each evaluation. */
  readonly devScore: Curve;
  readonly baselines: readonly Baseline[];
  readonly prompts: readonly PromptSummary[];
  /** The best prompt by train that has no dev numbers yet. */
  readonly leader: PromptSummary | undefined;
  /** `promptKey` of the best prompt so far. */
  readonly bestKey: string | undefined;
  /** `promptKey` of the prompt that was typed, or given label words, last. */
  readonly ownKey: string | undefined;
  /** Step of the last checkpoint. */
  readonly savedStep: number | undefined;
  readonly flatSteps: number;
  readonly skippedSteps: number;
  readonly warnings: number;
  /** Newest last. */
  readonly log: readonly LogEntry[];
  readonly result: RunResult | undefined;
  readonly interrupted: RunInterruptedEvent | undefined;
}

const LOG_CAPACITY = 50;

export const INITIAL_SCREEN: ScreenState = {
  start: undefined,
  phase: 'starting',
  paused: false,
  step: 0,
  lastStep: undefined,
  pace: NO_PACE,
  secondsBefore: 0,
  secondsSaved: 0,
  forwards: 0,
  cacheHits: 0,
  rewardMean: emptyCurve('mean'),
  rewardMax: emptyCurve('max'),
  objectives: undefined,
  objectiveMeans: {},
  devScore: emptyCurve('max'),
  baselines: [],
  prompts: [],
  leader: undefined,
  bestKey: undefined,
  ownKey: undefined,
  savedStep: undefined,
  flatSteps: 0,
  skippedSteps: 0,
  warnings: 0,
  log: [],
  result: undefined,
  interrupted: undefined,
};

/** The screen after one more event. */
export function reduceScreen(state: ScreenState, event: RunEvent): ScreenState {
  const next = applyEvent(state, event);
  const entry = describeEvent(event, next.step, metricOf(next));
  return entry ? { ...next, log: [...next.log, entry].slice(-LOG_CAPACITY) } : next;
}

/** The metric that decides between prompts. */
export function metricOf(state: ScreenState): string {
  return state.start?.metric ?? 'accuracy';
}

/** Share of the rows that were answered from the reward cache. */
export function cacheHitRate(state: ScreenState): number | undefined {
  const rows = state.forwards + state.cacheHits;
  return rows > 0 ? state.cacheHits / rows : undefined;
}

/** Time until the run's end; undefined where it is not training or no step has ended. */
export function screenTimeLeft(state: ScreenState): TimeLeft | undefined {
  if (!state.start || state.phase !== 'training') return undefined;
  return timeLeft(state.pace, state.step, state.start);
}

function applyEvent(state: ScreenState, event: RunEvent): ScreenState {
  switch (event.type) {
    case 'run-start':
      return started(state, event);
    case 'phase-start':
      return { ...state, phase: event.phase };
    case 'baselines-end':
      return afterBaselines(state, event);
    case 'step-end':
      return afterStep(state, event);
    case 'evaluation-end':
      return afterEvaluation(state, event);
    case 'best-prompt-updated':
      return { ...withPrompts(state, [event.prompt]), bestKey: promptKey(event.prompt) };
    case 'prompt-added':
    case 'label-words-changed':
      return { ...withPrompts(state, [event.prompt]), ownKey: promptKey(event.prompt) };
    case 'weights-changed':
      return {
        ...state,
        objectives: state.objectives?.map((objective) => ({
          ...objective,
          weight: event.weights[objective.name] ?? 0,
        })),
      };
    case 'checkpoint-saved':
      return { ...state, savedStep: event.step, secondsSaved: event.elapsedSeconds ?? state.pace.seconds };
    case 'warning':
      return { ...state, warnings: state.warnings + 1 };
    case 'run-paused':
    case 'run-continued':
      return { ...state, paused: event.type === 'run-paused' };
    case 'run-end':
      return { ...state, phase: 'finished', paused: false, step: event.step, result: event.result };
    case 'run-interrupted':
      return { ...state, phase: 'stopped', paused: false, step: event.step, interrupted: event };
    case 'run-error':
      return { ...state, phase: 'failed', paused: false };
    default:
      return state;
  }
}

/** A resumed run continues with what was drawn up to its checkpoint; a new run starts from nothing. */
function started(state: ScreenState, event: RunStartEvent): ScreenState {
  const resumedAt = event.resumedAtStep;
  if (resumedAt === undefined) return { ...INITIAL_SCREEN, start: event, objectives: event.objectives };
  const upTo = (curve: Curve): Curve => ({ ...curve, points: curve.points.filter(({ step }) => step <= resumedAt) });
  return {
    ...state,
    start: event,
    phase: 'starting',
    paused: false,
    step: resumedAt,
    // The log ends with the checkpoint: its last count is that of the steps to come.
    pace: { ...NO_PACE, seconds: state.secondsSaved, forwards: state.forwards || undefined },
    secondsBefore: state.secondsSaved,
    leader: undefined,
    result: undefined,
    rewardMean: upTo(state.rewardMean),
    rewardMax: upTo(state.rewardMax),
    objectives: event.objectives,
    objectiveMeans: Object.fromEntries(
      Object.entries(state.objectiveMeans).map(([name, curve]) => [name, upTo(curve)]),
    ),
    devScore: upTo(state.devScore),
    interrupted: undefined,
  };
}

/** What they took is known from here on, so that the pace of the first step is. */
function afterBaselines(state: ScreenState, { baselines, forwards, cacheHits = 0 }: BaselinesEvent): ScreenState {
  if (forwards === undefined) return { ...state, baselines };
  return { ...state, baselines, forwards, cacheHits, pace: paceAfterEvaluation(state.pace, forwards) };
}

function afterStep(state: ScreenState, event: StepEndEvent): ScreenState {
  return {
    ...state,
    step: event.step,
    lastStep: event,
    leader: event.leader,
    pace: paceAfterStep(state.pace, event),
    forwards: event.forwards,
    cacheHits: event.cacheHits,
    rewardMean: addPoint(state.rewardMean, event.step, numberOrGap(event.rewardMean)),
    rewardMax: addPoint(state.rewardMax, event.step, numberOrGap(event.rewardMax)),
    objectiveMeans: withObjectiveMeans(state, event),
    flatSteps: state.flatSteps + (event.flat ? 1 : 0),
    skippedSteps: state.skippedSteps + (event.metrics.skipped ? 1 : 0),
  };
}

function withObjectiveMeans(
  { objectives = [], objectiveMeans }: ScreenState,
  { step, parts }: StepEndEvent,
): ScreenState['objectiveMeans'] {
  return Object.fromEntries(
    objectives.map(({ name, range: [min, max] }) => {
      const share = (numberOrGap(parts?.[name]) - min) / (max - min);
      return [name, addPoint(objectiveMeans[name] ?? emptyCurve('mean'), step, Math.min(1, Math.max(0, share)))];
    }),
  );
}

function afterEvaluation(state: ScreenState, event: RunEvent & { type: 'evaluation-end' }): ScreenState {
  const score = event.prompts[0]?.dev?.[metricOf(state)];
  return {
    ...withPrompts(state, event.prompts),
    leader: undefined,
    pace: paceAfterEvaluation(state.pace, event.forwards),
    forwards: event.forwards,
    cacheHits: event.cacheHits,
    devScore: addPoint(state.devScore, event.step, numberOrGap(score)),
  };
}

function withPrompts(state: ScreenState, prompts: readonly PromptSummary[]): ScreenState {
  const { select = 'dev', examples = { train: 1, dev: 1 } } = state.start ?? {};
  return { ...state, prompts: mergePrompts(state.prompts, prompts, metricOf(state), splitShares(select, examples)) };
}

function numberOrGap(value: unknown): number {
  return isNumber(value) ? value : Number.NaN;
}
