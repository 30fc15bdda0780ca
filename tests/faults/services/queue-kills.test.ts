import type { ChildProcess } from 'node:child_process';
import { Queue, QueueEvents } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/queue/queue-target.js';
import { queueNameOf } from '../../../src/queue/score-job.js';
import { labelRows } from '../../queue/label-rows.js';
import { hasRedis, RedisServer } from '../../queue/redis-server.js';
import { startWorkerProcess } from '../../queue/worker-process.js';
import { tell } from '../report/figures.js';

const KILLS = Math.min(20, Number(process.env.RLPROMPT_TEST_KILLS ?? 3));
const RESTARTS = Math.ceil(KILLS / 7);
const ROWS = 32 * Math.max(60, 10 * KILLS);

describe.skipIf(!hasRedis)('workers that are killed while they compute (needs redis-server)', () => {
  let redis: RedisServer;
  let worker: ChildProcess | undefined;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    worker?.kill('SIGKILL');
    await redis.close();
  });

  it(
    'lose and double-count nothing, nor do restarts of Redis',
    async (context) => {
      const { asked, expected, remote, scorer } = await labelRows(redis.address, ROWS, 'killed');
      const connection = { host: '127.0.0.1', port: Number(new URL(redis.address).port), maxRetriesPerRequest: null };
      const name = queueNameOf(identityOf(remote));
      const queue = new Queue(name, { connection });
      const events = new QueueEvents(name, { connection });
      queue.on('error', () => undefined);
      events.on('error', () => undefined);
      worker = await startWorkerProcess(redis.address);
      const scoring = scorer.labelScores(asked);
      for (let kill = 1; kill <= KILLS; kill++) {
        await new Promise((taken) => events.once('active', taken));
        worker.kill('SIGKILL');
        if (kill % Math.floor(KILLS / RESTARTS) === 0) await redis.restart();
        worker = await startWorkerProcess(redis.address);
      }
      expect(await scoring).toEqual(expected);
      const done = await queue.getJobs(['completed']);
      const stalls = done.reduce((sum, { stalledCounter }) => sum + stalledCounter, 0);
      console.log(`${KILLS} kills, ${RESTARTS} restarts of Redis: ${stalls} of ${done.length} jobs were taken over`);
      expect(done.length).toBe(ROWS / 32);
      expect(await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'failed')).toBe(0);
      expect(remote.usage?.()).toMatchObject({ rows: ROWS, requests: ROWS / 32 });
      expect(stalls).toBeGreaterThanOrEqual(KILLS / 2);
      tell(context, { kills: KILLS, rewardsLost: 0 });
      await Promise.all([queue.close(), events.close(), remote.dispose()]);
    },
    60_000 + 15_000 * KILLS,
  );
});
