import { join } from 'node:path';
import * as z from 'zod';
import { isThere } from '../files/read/is-there.js';
import { readActCheckpoint } from './act-checkpoint.js';
import { type ActPlan, readActPlan, readPart } from './act-folder.js';
import type { CurvePoint } from './learner.js';
import type { Measured } from './measure.js';

/** What is known of learning to act, whether it has ended or not. */
export interface ActRecord {
  readonly path: string;
  readonly plan: ActPlan;
  /** Up to the latest checkpoint. */
  readonly curve: readonly CurvePoint[];
  /** Greedy episodes after the last update; undefined before. */
  readonly result: { readonly train: Measured; readonly test: Measured } | undefined;
}

const MEASURED = z.object({
  episodes: z.number(),
  meanReturn: z.number(),
  meanSteps: z.number(),
  cut: z.int().optional(),
  best: z.number().optional(),
});
const RESULT = z.object({ train: MEASURED, test: MEASURED });

/** @throws RlpromptError `E_NOT_A_RUN`, `E_MANIFEST`, `E_CHECKPOINT_…` */
export function readActRecord(path: string): ActRecord {
  const plan = readActPlan(path);
  const curve = readActCheckpoint(path, plan)?.state.curve ?? [];
  const file = join(path, 'result.json');
  return { path, plan, curve, result: isThere(file) ? readPart(file, RESULT) : undefined };
}
