import { describe, expect, it } from 'vitest';
import { RequestQueue } from '../../../src/run/loop/run-controls.js';

describe('RequestQueue', () => {
  it('hands requests out in the order in which they came', () => {
    const queue = new RequestQueue();
    queue.save();
    queue.addPrompt('hello');
    queue.evaluate();
    queue.exportBest();
    const kinds = [queue.next(), queue.next(), queue.next(), queue.next(), queue.next()].map(
      (request) => request?.kind,
    );
    expect(kinds).toEqual(['save', 'add-prompt', 'evaluate', 'export-best', undefined]);
  });

  it('waits while paused, and wakes for a request, a continuation or a stop', async () => {
    for (const wake of [
      (q: RequestQueue) => q.save(),
      (q: RequestQueue) => q.continue(),
      (q: RequestQueue) => q.stop('user'),
    ]) {
      const queue = new RequestQueue();
      queue.pause();
      let isAwake = false;
      const waiting = queue.changed().then(() => {
        isAwake = true;
      });
      await Promise.resolve();
      expect(isAwake).toBe(false);
      wake(queue);
      await waiting;
      expect(isAwake).toBe(true);
    }
  });

  it('keeps the first reason to stop, and a stop ends a pause', () => {
    const queue = new RequestQueue();
    queue.pause();
    queue.stop('terminated');
    queue.stop('user');
    expect([queue.stopping, queue.isPaused]).toEqual(['terminated', false]);
  });
});
