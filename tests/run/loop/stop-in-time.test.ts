import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestQueue } from '../../../src/run/loop/run-controls.js';
import { stopInTime } from '../../../src/run/loop/stop-in-time.js';

/** Works for some time, then says so, unless a stop was asked for before. */
async function* work(requests: RequestQueue, milliseconds: number): AsyncGenerator<string, string> {
  yield 'begun';
  await sleep(milliseconds);
  yield requests.stopping ? `saved for ${requests.stopping}` : 'done';
  return 'end';
}

async function follow(milliseconds: number, act: (requests: RequestQueue) => void) {
  const requests = new RequestQueue();
  const seen: string[] = [];
  const giveUp = async function* (reason: string): AsyncGenerator<string, never> {
    yield `given up: ${reason}`;
    throw new Error(reason);
  };
  const since = performance.now();
  try {
    const events = stopInTime(work(requests, milliseconds), requests, giveUp);
    for (let next = await events.next(); !next.done; next = await events.next()) {
      seen.push(next.value);
      if (next.value === 'begun') setTimeout(() => act(requests), 20);
    }
  } catch (error) {
    seen.push(`thrown: ${(error as Error).message}`);
  }
  return { seen, ms: performance.now() - since };
}

describe('a run that is told to stop', () => {
  it('ends its step where that takes less than a second', async () => {
    const { seen } = await follow(150, (requests) => requests.stop('interrupted'));
    expect(seen).toEqual(['begun', 'saved for interrupted']);
  });

  it('gives up what takes longer', async () => {
    const { seen, ms } = await follow(20_000, (requests) => requests.stop('terminated'));
    expect(seen).toEqual(['begun', 'given up: terminated', 'thrown: terminated']);
    expect(ms).toBeLessThan(5000);
  });

  it('takes its time where a person wants everything saved, until a signal comes', async () => {
    const patient = await follow(1500, (requests) => requests.stop('user'));
    expect(patient.seen).toEqual(['begun', 'saved for user']);
    const hurried = await follow(20_000, (requests) => {
      requests.stop('user');
      requests.stop('interrupted');
    });
    expect(hurried.seen.at(-1)).toBe('thrown: interrupted');
  });

  it('hands everything on where nobody asks', async () => {
    expect((await follow(10, () => {})).seen).toEqual(['begun', 'done']);
  });
});
