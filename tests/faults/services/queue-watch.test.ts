import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelRows } from '../../queue/label-rows.js';
import { hasRedis, RedisServer } from '../../queue/redis-server.js';
import { startWorkerProcess } from '../../queue/worker-process.js';

/** A killed worker whose connection broke is known to be gone at the next look, not when its entry expires. */
const SOON_MS = 8000;

describe.skipIf(!hasRedis)('rows that nobody computes (needs redis-server)', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.close());

  it('come with the reason and what to do, arrive when a worker is there again, and keep no run from its end', async () => {
    const first = await startWorkerProcess(redis.address);
    const { asked, expected, remote, scorer } = await labelRows(redis.address, 40, 'silent');
    const trouble = () => remote.usage?.().trouble;
    await scorer.labelScores({ ...asked, rows: asked.rows.slice(0, 1) });
    expect(remote.usage?.()).toMatchObject({ workers: 1, trouble: undefined });

    first.kill('SIGKILL');
    await delay(100);
    const scoring = scorer.labelScores(asked);
    await until(() => trouble()?.startsWith('no worker'), SOON_MS);
    expect(trouble()).toMatch(
      /^no worker for \d+ s; start one with `rlprompt worker --queue redis:\S+ --target \S*gpt2`$/,
    );
    expect(remote.usage?.().workers).toBe(0);

    await redis.stop();
    await until(() => trouble()?.startsWith('Redis'), SOON_MS);
    expect(trouble()).toMatch(/^Redis has not answered for \d+ s; trying again$/);

    await redis.restart();
    const second = await startWorkerProcess(redis.address);
    expect(await scoring).toEqual(expected);
    expect(trouble()).toBeUndefined();

    second.kill('SIGKILL');
    await redis.stop();
    const since = performance.now();
    await remote.dispose();
    expect(performance.now() - since).toBeLessThan(2000);
  }, 60_000);
});

async function until(isSo: () => boolean | undefined, ms: number): Promise<void> {
  for (const end = performance.now() + ms; !isSo() && performance.now() < end; ) await delay(50);
}
