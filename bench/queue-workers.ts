/**
 * How many rows per second a queue takes from N workers that compute nothing and take a fixed time per job of 32 rows.
 * Shows what the queue costs, and where more workers give no more.
 *
 *   redis-server --port 6390 --save ''
 *   node --import jiti/register bench/queue-workers.ts --queue redis://127.0.0.1:6390 --workers 1,10,100 --latency 1000
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Queue, QueueEvents, Worker } from 'bullmq';
import type { LabelScoresCapability } from '../src/lm/model/types.js';
import { type QueueAddress, readQueueAddress } from '../src/queue/queue-address.js';
import { announceWorker, connectQueue } from '../src/queue/queue-client.js';
import { QueueScorer } from '../src/queue/queue-scorer.js';
import { QueueWatch } from '../src/queue/queue-watch.js';
import { queueNameOf, type ScoreJob, type WorkerIdentity } from '../src/queue/score-job.js';
import { parseTemplate } from '../src/template/parse-template.js';
import { machine, processorSeconds, round } from './machine.js';

const ROWS_PER_JOB = 32;
/** Jobs for each worker in one measurement. */
const ROUNDS = 5;

const { values } = parseArgs({
  options: {
    queue: { type: 'string', default: 'redis://127.0.0.1:6379' },
    workers: { type: 'string', default: '1,10,100' },
    latency: { type: 'string', default: '1000' },
  },
});
const address = readQueueAddress(values.queue);
const latencyMs = Number(values.latency);

const template = parseTemplate('{input} {prompt}', { family: 'causal' });
const labels = ['bad', 'good'].map((word) => ({ label: word, word, text: ` ${word}`, tokenIds: [0], wordCount: 1 }));
const noModel: LabelScoresCapability = {
  resolveLabels: () => labels,
  truncation: () => ({ cut: 0, total: 0 }),
  labelScores: () => Promise.reject(new Error('only workers score here')),
};

console.log(JSON.stringify({ ...machine(), latencyMs }));
for (const count of values.workers.split(',').map(Number)) console.log(JSON.stringify(await measure(count)));

async function measure(count: number): Promise<Record<string, number>> {
  const model = { model: 'none', digest: randomUUID(), dtype: 'none', truncate: 'tail' } as const;
  const identity: WorkerIdentity = { version: 'bench', ...model };
  const name = queueNameOf(identity);
  const connection = { ...address, maxRetriesPerRequest: null };
  const client = await connectQueue(address, name);
  const [queue, events] = [new Queue(name, { connection }), new QueueEvents(name, { connection })];
  queue.setMaxListeners(0);
  events.setMaxListeners(0);
  const workers = Array.from({ length: count }, () => idleWorker(name, connection));
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  await announceWorker(client, name, identity);

  const watch = new QueueWatch(client, identity, values.queue);
  const scorer = new QueueScorer(noModel, { address: values.queue, watch, queue, events, identity, family: 'causal' });
  const inputs = Array.from({ length: count * ROUNDS * ROWS_PER_JOB }, (_, i) => `text ${i}`);
  const rows = inputs.map((_, i) => [0, i] as const);
  const [since, cpuSince] = [performance.now(), processorSeconds()];
  await scorer.labelScores({ template, prompts: ['It is'], inputs, labels, rows, normalise: 'none' });
  const seconds = (performance.now() - since) / 1000;

  await Promise.all(workers.map((worker) => worker.close(true)));
  await queue.obliterate({ force: true });
  await Promise.all([queue.close(), events.close()]);
  client.disconnect();
  const most = (count * ROWS_PER_JOB * 1000) / latencyMs;
  const rowsPerSecond = inputs.length / seconds;
  const processorMsPerJob = (1000 * (processorSeconds() - cpuSince)) / (count * ROUNDS);
  return {
    workers: count,
    rowsPerSecond: round(rowsPerSecond, 0),
    shareOfMost: round(rowsPerSecond / most, 2),
    processorMsPerJob: round(processorMsPerJob, 1),
  };
}

function idleWorker(name: string, connection: QueueAddress & { maxRetriesPerRequest: null }): Worker {
  const scores = (rows: number) => Array.from({ length: rows * labels.length }, () => -1);
  const work = async ({ data }: { readonly data: ScoreJob }): Promise<number[]> => {
    await new Promise((done) => setTimeout(done, latencyMs));
    return scores(data.rows.length);
  };
  const worker = new Worker(name, work, { connection, maxStalledCount: 20 });
  worker.on('error', (error) => console.error(error.message));
  return worker;
}
