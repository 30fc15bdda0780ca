import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { TruncatedPart } from '../lm/model/label-rows.js';
import type { LabelWord } from '../lm/model/types.js';

/** Label scores of some rows: all that a worker needs beside the model it was started with. */
export const scoreJobSchema = z.strictObject({
  template: z.string(),
  family: z.enum(['causal', 'masked']),
  labels: z.array(
    z.strictObject({
      label: z.string(),
      word: z.string(),
      text: z.string(),
      tokenIds: z.array(z.int()),
      wordCount: z.int(),
    }),
  ) satisfies z.ZodType<readonly LabelWord[]>,
  normalise: z.enum(['none', 'token', 'word']),
  /** Pairs of prompt and input. */
  rows: z.array(z.tuple([z.string(), z.string()])),
});

export type ScoreJob = z.output<typeof scoreJobSchema>;

/** What decides whether a worker may serve a run: equal programs, models and cuts of long inputs give equal bits. */
export interface WorkerIdentity {
  /** Of rlprompt. */
  readonly version: string;
  readonly model: string;
  readonly digest: string;
  readonly dtype: string;
  /** What an input that is too long loses. */
  readonly truncate: TruncatedPart;
}

/** Workers of another version, model or cut listen elsewhere, so they never take a job that is not theirs. */
export function queueNameOf(identity: WorkerIdentity): string {
  const { version, digest, dtype, truncate } = identity;
  const hash = createHash('sha256').update(JSON.stringify([version, digest, dtype, truncate, process.arch]));
  return `rlprompt-${hash.digest('hex').slice(0, 24)}`;
}

/** Whether a worker's scores have the bits that a run expects. */
export function isSameWorker(one: WorkerIdentity, other: WorkerIdentity): boolean {
  return queueNameOf(one) === queueNameOf(other);
}

/** How to start a worker that can serve a run. */
export function workerCommand({ model, dtype, truncate }: WorkerIdentity, address: string): string {
  const weights = dtype === 'fp32' ? '' : ` --dtype ${dtype}`;
  const cut = truncate === 'tail' ? '' : ` --truncate ${truncate}`;
  return `rlprompt worker --queue ${address} --target ${model}${weights}${cut}`;
}

/** The same rows are the same job, whoever asks and however often. */
export function jobIdOf(job: ScoreJob): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('hex');
}
