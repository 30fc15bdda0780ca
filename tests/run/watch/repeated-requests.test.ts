import { describe, expect, it } from 'vitest';
import { RepeatedRequests } from '../../../src/run/watch/repeated-requests.js';

const usage = (count: number, model = 'openai:one') => ({
  ...{ model, rows: 1, requests: 100, inFlight: 0, waitMs: 0 },
  failed: { count, last: 'host answers 500' },
});

describe('requests that are sent again', () => {
  it('are told of when they begin and each time they have doubled, by model', () => {
    const watch = new RepeatedRequests();
    const told = [1, 1, 2, 3, 4, 7, 8, 15, 16].filter((count) => watch.observe([usage(count)]).length > 0);
    expect(told).toEqual([1, 2, 4, 8, 16]);
    expect(watch.observe([usage(16), usage(3, 'openai:two')]).map(({ message }) => message)).toEqual([
      'openai:two: 3 of 100 requests failed and were sent again; the last: host answers 500',
    ]);
  });

  it('are no matter where none failed', () => {
    const { failed: _, ...calm } = usage(0);
    expect(new RepeatedRequests().observe([calm])).toEqual([]);
  });
});
