import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { giveWay } from '../src/give-way.js';

/** Milliseconds. */
const [COMPUTED, PIECE] = [400, 4];

it('lets timers have their turn while a loop computes for long', async () => {
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 5);
  for (const began = performance.now(); performance.now() - began < COMPUTED; ) {
    for (const since = performance.now(); performance.now() - since < PIECE; );
    await giveWay();
  }
  clearInterval(ticking);
  // One turn in about 24 ms, fewer where the machine is busy.
  expect(ticks).toBeGreaterThan(3);
});

it('costs a short computation no turn', async () => {
  let isTurn = false;
  await new Promise((resolve) => setImmediate(resolve));
  await giveWay();
  setImmediate(() => (isTurn = true));
  await giveWay();
  expect(isTurn).toBe(false);
});
