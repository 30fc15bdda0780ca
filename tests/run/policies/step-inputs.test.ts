import { describe, expect, it } from 'vitest';
import { stepInputs } from '../../../src/run/policies/step-inputs.js';
import type { Example } from '../../../src/task/types.js';

const examples: Example[] = Array.from({ length: 7 }, (_, index) => ({ index, text: `input ${index}`, fields: {} }));
const indices = (step: number, seed = 0, count = 3): number[] =>
  stepInputs(examples, { seed, step, count }).map(({ index }) => index);

describe('the inputs of a step', () => {
  it('come to every example once a pass, each pass in an order of its own', () => {
    const met = Array.from({ length: 7 }, (_, step) => indices(step)).flat();
    const passes = [0, 7, 14].map((start) => met.slice(start, start + 7));
    for (const pass of passes) expect([...pass].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(passes.map((pass) => pass.join())).size).toBe(3);
  });

  it('depend on seed and step alone', () => {
    expect(indices(5)).toEqual(indices(5));
    expect(Array.from({ length: 7 }, (_, step) => indices(step, 1))).not.toEqual(
      Array.from({ length: 7 }, (_, step) => indices(step)),
    );
  });

  it('are all examples where there are fewer than a step asks for', () => {
    expect(indices(3, 0, 20).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
