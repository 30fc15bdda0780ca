import { isDeepStrictEqual } from 'node:util';
import { RlpromptError } from '../errors.js';
import type { RngState } from '../random/rng.js';
import { readLatestCheckpoint, type StoredCheckpoint, writeCheckpoint } from '../run/checkpoint/checkpoint.js';
import type { TrainerState } from '../trainers/contract/types.js';
import type { ActPlan } from './act-folder.js';
import type { CurvePoint } from './learner.js';

/** What learning continues from. */
export interface ActState {
  readonly learner: TrainerState;
  readonly rng: RngState;
  /** One point for each update. */
  readonly curve: readonly CurvePoint[];
}

interface Saved {
  readonly learner: TrainerState['json'];
  readonly rng: RngState;
  readonly curve: readonly CurvePoint[];
  /** Checkpoints of earlier versions do not say what they belong to. */
  readonly plan?: Readonly<Record<string, unknown>>;
}

/** Settings without which the updates of a checkpoint would be others. */
const DECISIVE = ['learner', 'seed', 'updates', 'episodes', 'learningRate', 'modelDigest'] as const;

export function writeActCheckpoint(path: string, plan: ActPlan, { learner, rng, curve }: ActState): void {
  const json: Saved = { learner: learner.json, rng, curve, plan: decisive(plan) };
  writeCheckpoint(path, { step: curve.length, json: { ...json }, arrays: learner.arrays });
}

/**
 * The latest checkpoint that is whole; undefined before the first.
 * @throws RlpromptError `E_CHECKPOINT_…`, `E_DRIFT` where it belongs to another plan
 */
export function readActCheckpoint(
  path: string,
  plan: ActPlan,
): { state: ActState; checkpoint: StoredCheckpoint; warnings: readonly string[] } | undefined {
  const found = latest(path);
  if (!found) return undefined;
  const { checkpoint, warnings } = found;
  const { learner, rng, curve, plan: then } = checkpoint.json as unknown as Saved;
  refuseOtherPlan(path, plan, then ?? { updates: Math.max(plan.updates, curve.length) });
  return { state: { learner: { json: learner, arrays: checkpoint.arrays }, rng, curve }, checkpoint, warnings };
}

function latest(path: string): ReturnType<typeof readLatestCheckpoint> {
  try {
    return readLatestCheckpoint(path);
  } catch (error) {
    if (!(error instanceof RlpromptError) || error.code !== 'E_CHECKPOINT_DAMAGED') throw error;
    const kept = 'the folder is unchanged; what was learned is lost';
    throw new RlpromptError({ ...error.parts, kept, next: 'start again with another --out', cause: error });
  }
}

function decisive(plan: ActPlan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(DECISIVE.map((key) => [key, plan[key]]));
}

function refuseOtherPlan(path: string, plan: ActPlan, then: Readonly<Record<string, unknown>>): void {
  const changed = DECISIVE.filter((key) => key in then && !isDeepStrictEqual(then[key], plan[key]));
  if (changed.length === 0) return;
  const differences = changed.map((key) => `${key} was ${show(then[key])}, is ${show(plan[key])}`);
  throw new RlpromptError({
    code: 'E_DRIFT',
    exit: 'config',
    message: `act.json does not belong to the checkpoints beside it: ${differences.join('; ')}`,
    where: path,
    kept: 'the folder is unchanged',
    next: 'put back what changed in act.json, or start again with another --out',
  });
}

function show(value: unknown): string {
  return String(value).slice(0, 40);
}
