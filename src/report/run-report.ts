import { basename, resolve } from 'node:path';
import type { Baseline, PromptSummary, RunEvent, StepEndEvent, WarningEvent, WeightsChangedEvent } from '../events.js';
import { type RunRecord, readRunRecord } from '../export/run-record.js';
import { readEvents } from '../run/store/logs/event-log.js';
import type { DrawnMolecule } from './draw-molecules.js';

/** How a run stands: `open` is one that runs still, or was killed. */
export type RunEnding = 'finished' | 'stopped' | 'failed' | 'open';

/** The prompt ranked first on dev when the best were evaluated. */
export interface DevEvaluation {
  readonly step: number;
  /** Counted from the run's start. */
  readonly forwards: number;
  readonly best: PromptSummary;
}

/** All that a report shows of a run, read from its folder. */
export interface RunReport extends RunRecord {
  readonly name: string;
  readonly steps: readonly StepEndEvent[];
  readonly evaluations: readonly DevEvaluation[];
  readonly baselines: readonly Baseline[];
  readonly warnings: readonly WarningEvent[];
  readonly weightChanges: readonly WeightsChangedEvent[];
  readonly ending: RunEnding;
  /** What a failed run died of. */
  readonly failure: string | undefined;
  /** Its best prompts that are molecules, where they were drawn. */
  readonly molecules?: readonly DrawnMolecule[];
}

/**
 * Reads a run, finished or under way, without locking it.
 * @throws RlpromptError as `readRunRecord` does
 */
export function readRunReport(runDir: string): RunReport {
  const record = readRunRecord(runDir);
  const events = [...readEvents(runDir)];
  const evaluations = eventsOf(events, 'evaluation-end').flatMap(({ step, forwards, prompts }) =>
    prompts[0] ? [{ step, forwards, best: prompts[0] }] : [],
  );
  const failure = eventsOf(events, 'run-error').at(-1)?.error.message;
  return {
    ...record,
    name: basename(resolve(runDir)),
    steps: eventsOf(events, 'step-end'),
    evaluations,
    baselines: baselinesOf(record, eventsOf(events, 'baselines-end').at(-1)?.baselines ?? []),
    warnings: eventsOf(events, 'warning'),
    weightChanges: eventsOf(events, 'weights-changed'),
    ending: endingOf(events.at(-1)),
    failure: typeof failure === 'string' ? failure : undefined,
  };
}

/** How the last event of a run leaves it. */
export function endingOf(last: RunEvent | undefined): RunEnding {
  if (last?.type === 'run-end') return 'finished';
  if (last?.type === 'run-interrupted') return 'stopped';
  return last?.type === 'run-error' ? 'failed' : 'open';
}

/** The metric that decides between prompts, of a prompt on a split. */
export function scoreOf(run: RunRecord, scores: Readonly<Record<string, number>> | undefined): number | undefined {
  return scores?.[run.start.metric];
}

/** Highest raw reward on dev that a prompt had when so many rows had gone through the target LM: [forwards, reward]. */
export function bestDevRewards({ evaluations }: Pick<RunReport, 'evaluations'>): [number, number][] {
  let best = Number.NEGATIVE_INFINITY;
  return evaluations.map(({ forwards, best: { devReward } }) => {
    best = Math.max(best, devReward ?? Number.NEGATIVE_INFINITY);
    return [forwards, best];
  });
}

/** A finished run also knows its baselines on the test split. */
function baselinesOf({ result }: RunRecord, onDev: readonly Baseline[]): readonly Baseline[] {
  if (!result) return onDev;
  const { empty, manual, manuals = manual ? [manual] : [], plain } = result.baselines;
  return [
    { name: 'empty', prompt: '', ...empty },
    ...manuals.map((scores): Baseline => ({ name: 'manual', ...scores })),
    ...(plain ? [{ name: 'plain' as const, ...plain }] : []),
  ];
}

function eventsOf<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}
