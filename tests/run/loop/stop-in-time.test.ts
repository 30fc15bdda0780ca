import { describe, expect, it } from 'vitest';
import { RequestQueue } from '../../../src/run/loop/run-controls.js';
import { stopInTime } from '../../../src/run/loop/stop-in-time.js';

/** Works until it is done, then says so, unless a stop was asked for before. */
async function* work(requests: RequestQueue, done: Promise<unknown>): AsyncGenerator<string, string> {
  yield 'begun';
  await done;
  yield requests.stopping ? `saved for ${requests.stopping}` : 'done';
  return 'end';
}

/** @param act runs while the work is under way, which is done when it says so */
async function follow(act: (requests: RequestQueue, finish: () => void) => unknown) {
  const requests = new RequestQueue();
  const seen: string[] = [];
  const giveUp = async function* (reason: string): AsyncGenerator<string, never> {
    yield `given up: ${reason}`;
    throw new Error(reason);
  };
  const { promise, resolve } = withResolver();
  try {
    const events = stopInTime(work(requests, promise), requests, giveUp);
    for (let next = await events.next(); !next.done; next = await events.next()) {
      seen.push(next.value);
      if (next.value === 'begun') setImmediate(() => act(requests, resolve));
    }
  } catch (error) {
    seen.push(`thrown: ${(error as Error).message}`);
  }
  return seen;
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a run that is told to stop', () => {
  it('ends its step where that comes to its end at once', async () => {
    const seen = await follow((requests, finish) => {
      requests.stop('interrupted');
      finish();
    });
    expect(seen).toEqual(['begun', 'saved for interrupted']);
  });

  it('gives up what does not come to its end', async () => {
    const seen = await follow((requests) => requests.stop('terminated'));
    expect(seen).toEqual(['begun', 'given up: terminated', 'thrown: terminated']);
  });

  it('takes its time where a person wants everything saved, until a signal comes', async () => {
    const patient = await follow((requests, finish) => {
      requests.stop('user');
      setTimeout(finish, 1500);
    });
    expect(patient).toEqual(['begun', 'saved for user']);
    const hurried = await follow((requests) => {
      requests.stop('user');
      requests.stop('interrupted');
    });
    expect(hurried.at(-1)).toBe('thrown: interrupted');
  });

  it('hands everything on where nobody asks', async () => {
    expect(await follow((_, finish) => finish())).toEqual(['begun', 'done']);
  });
});
