import { describe, expect, it } from 'vitest';
import { tell } from '../report/figures.js';
import { halfToyRun } from './half-toy-run.js';
import { cutEverywhere } from './power-cuts.js';

const { copyOf, expected } = halfToyRun('power');

describe.each(['kept', 'lost'] as const)('a power cut before any file operation, renames not synced %s', (renames) => {
  it('leaves a checkpoint with all it builds on, from which the run ends as if nothing had happened', (context) => {
    const { count, reached, losses } = cutEverywhere(renames, { renames, copyOf, expected });
    expect(count).toBeGreaterThan(25);
    expect(losses).toEqual([]);
    expect(reached).toEqual([6, 9]);
    tell(context, { cuts: count, rewardsLost: 0 });
  });
});
