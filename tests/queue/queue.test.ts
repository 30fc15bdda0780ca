import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import type { LoadedModel } from '../../src/lm/onnx/run/model-parts.js';
import { type ScoreWorker, startScoreWorker } from '../../src/queue/score-worker.js';
import { TINY_MODEL } from '../cli/spawn-cli.js';
import { labelRows } from './label-rows.js';
import { hasRedis, RedisServer } from './redis-server.js';
import { startWorkerProcess } from './worker-process.js';

describe.skipIf(!hasRedis)('a queue of label scores (needs redis-server)', () => {
  let redis: RedisServer;
  const workers: ScoreWorker[] = [];
  const models: LoadedModel[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.drain();
    for (const model of models.splice(0)) await model.dispose();
  });
  afterAll(() => redis.close());

  async function worker(): Promise<ScoreWorker> {
    const model = await loadLanguageModel(TINY_MODEL);
    models.push(model);
    const started = await startScoreWorker(model, { address: redis.address });
    workers.push(started);
    return started;
  }

  async function request(count: number, mark: string) {
    const rows = await labelRows(redis.address, count, mark);
    models.push(rows.remote);
    return rows;
  }

  it('gives the bits of this machine', async () => {
    const started = await worker();
    const { asked, expected, scorer } = await request(70, 'plain');
    expect(await scorer.labelScores(asked)).toEqual(expected);
    expect(started.counts).toEqual({ jobs: 3, rows: 70 });
    expect(await scorer.labelScores(asked)).toEqual(expected);
    expect(started.counts.jobs).toBe(3);
  });

  it('has likely answers told by this machine, without a worker', async () => {
    const { asked, scorer } = await request(4, 'words');
    const local = await loadLanguageModel(TINY_MODEL);
    models.push(local);
    const wanted = { ...asked, count: 5 };
    const answers = await scorer.answerWords?.(wanted);
    expect(answers?.words).toHaveLength(5);
    expect(answers).toEqual(await requireCapability(local, 'labelScores').answerWords?.(wanted));
  });

  it('sets a job aside that no worker can do, and says so', async () => {
    await worker();
    const { asked, scorer } = await request(1, 'poison');
    const poison = asked.labels.map((label) => ({ ...label, tokenIds: [10_000_000] }));
    await expect(scorer.labelScores({ ...asked, labels: poison })).rejects.toMatchObject({ code: 'E_QUEUE_JOB' });
  }, 40_000);

  it('has workers that finish their job when they are asked to end', async () => {
    const child = await startWorkerProcess(redis.address);
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 40_000);
});
