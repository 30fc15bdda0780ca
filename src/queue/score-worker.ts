import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { requireCapability } from '../lm/load.js';
import type { LoadedModel } from '../lm/onnx/run/model-parts.js';
import { parseTemplate } from '../template/parse-template.js';
import { readQueueAddress } from './queue-address.js';
import { announceWorker, closeInTime, connectQueue, forgetWorker } from './queue-client.js';
import { identityOf } from './queue-target.js';
import { queueNameOf, scoreJobSchema } from './score-job.js';

const ANNOUNCE_MS = 5000;
/** A worker that was killed loses its job to another one after this long. */
const LOCK_MS = 10_000;
const MOST_STALLS = 20;
/** How often a worker that is to end looks whether Redis is still there. */
const LOOK_MS = 500;

export interface ScoreWorker {
  readonly queue: string;
  /** Jobs and rows that are done. */
  readonly counts: { readonly jobs: number; readonly rows: number };
  /** Finishes the job under way and takes no other. */
  drain(): Promise<void>;
}

export interface WorkerOptions {
  readonly address: string;
  readonly onDone?: (rows: number) => void;
  readonly onFailure?: (message: string) => void;
}

/** Computes label scores with one model for whoever puts jobs into the queue. What a job holds is text, never code. */
export async function startScoreWorker(model: LoadedModel, options: WorkerOptions): Promise<ScoreWorker> {
  const scorer = requireCapability(model, 'labelScores');
  const connection = readQueueAddress(options.address);
  const id = randomUUID();
  const client = await connectQueue(connection, id);
  const { Worker } = await import('bullmq');
  const identity = identityOf(model);
  const name = queueNameOf(identity);
  const counts = { jobs: 0, rows: 0 };
  const worker = new Worker(
    name,
    async ({ data }) => {
      const { template, family, labels, normalise, rows } = scoreJobSchema.parse(data);
      const prompts = [...new Set(rows.map(([prompt]) => prompt))];
      const inputs = [...new Set(rows.map(([, input]) => input))];
      const scores = await scorer.labelScores({
        template: parseTemplate(template, { family }),
        prompts,
        inputs,
        labels,
        rows: rows.map(([prompt, input]) => [prompts.indexOf(prompt), inputs.indexOf(input)]),
        normalise,
      });
      counts.jobs++;
      counts.rows += rows.length;
      options.onDone?.(rows.length);
      return [...scores];
    },
    {
      connection: { ...connection, maxRetriesPerRequest: null },
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS / 2,
      maxStalledCount: MOST_STALLS,
    },
  );
  // A server that is away fails at every attempt to reach it: that is said once.
  let lastFailure = '';
  client.on('ready', () => {
    lastFailure = '';
  });
  worker.on('error', ({ message }) => {
    if (message !== lastFailure) options.onFailure?.(message);
    lastFailure = message;
  });
  worker.on('failed', (job, error) => options.onFailure?.(`job ${job?.id ?? ''}: ${error.message}`));
  const announce = (): void => void announceWorker(client, id, identity).catch(() => undefined);
  await worker.waitUntilReady();
  await announceWorker(client, id, identity);
  const timer = setInterval(announce, ANNOUNCE_MS);
  return {
    queue: name,
    counts,
    drain: async () => {
      clearInterval(timer);
      const closing = worker.close().then(() => forgetWorker(client, id));
      if (await isDone(closing, client)) client.disconnect();
      else await closeInTime(client, [worker]);
    },
  };
}

/** Waits as long as Redis is there; without it a job's result reaches nobody. */
async function isDone(closing: Promise<unknown>, client: Redis): Promise<boolean> {
  const closed = closing.then(() => true);
  while (!(await Promise.race([closed, delay(LOOK_MS, false)]))) if (client.status !== 'ready') return false;
  return true;
}
