import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Combination, combineObjectives } from '../../../src/rewards/objectives/combine-objectives.js';
import { dominatedArea } from '../../../src/rewards/objectives/dominated-area.js';

const ranges = { task: [-180, 200], fluency: [-20, 0], content: [0, 100], style: [0, 100], length: [-10, 0] } as const;
const combine = (values: Record<string, number>, weights: Record<string, number>, rule: Combination['rule']) =>
  combineObjectives(values, { rule, weights, ranges });

describe('the sum of objectives', () => {
  it('is the weighted mean of the shares of their ranges, times 100', () => {
    // task 10: 190 of 380 = 0.5; fluency -5: 15 of 20 = 0.75; (1 * 0.5 + 3 * 0.75) / 4 = 0.6875
    expect(combine({ task: 10, fluency: -5 }, { task: 1, fluency: 3 }, 'sum')).toBeCloseTo(68.75, 12);
  });

  it('does not count an objective of weight 0, and knows only the ratio of weights', () => {
    expect(combine({ task: 10, fluency: -5 }, { task: 2, fluency: 0 }, 'sum')).toBeCloseTo(50, 12);
    const values = { task: 120, fluency: -7 };
    expect(combine(values, { task: 10, fluency: 5 }, 'sum')).toBeCloseTo(
      combine(values, { task: 2, fluency: 1 }, 'sum'),
      12,
    );
  });

  it('cuts values off at the ends of their range', () => {
    expect(combine({ fluency: -31, task: 500 }, { fluency: 1, task: 1 }, 'sum')).toBe(50);
  });
});

describe('the product of objectives', () => {
  it('is the plain product where all weights are 1', () => {
    expect(
      combine({ content: 80, style: 50, fluency: -5 }, { content: 1, style: 1, fluency: 1 }, 'product'),
    ).toBeCloseTo(100 * 0.8 * 0.5 * 0.75, 10);
  });

  it('takes weights as exponents', () => {
    expect(combine({ content: 81, style: 50 }, { content: 0.5, style: 2 }, 'product')).toBeCloseTo(
      100 * 0.9 * 0.25,
      10,
    );
    expect(combine({ content: 81, style: 0 }, { content: 1, style: 0 }, 'product')).toBeCloseTo(81, 10);
  });

  it('is 0 where one objective is at its worst', () => {
    expect(combine({ content: 99, style: 0 }, { content: 1, style: 1 }, 'product')).toBe(0);
  });
});

describe('the hypervolume of objectives', () => {
  it('is the area that the outputs dominate times the objectives that have one value', () => {
    const values = { content: 60, style: 60, fluency: -5, volume: 0.42 };
    expect(combine(values, { content: 1, style: 1, fluency: 1 }, 'hypervolume')).toBeCloseTo(100 * 0.42 * 0.75, 10);
    expect(combine(values, { content: 2, style: 2, fluency: 0 }, 'hypervolume')).toBeCloseTo(100 * 0.42 ** 2, 10);
  });

  it('is the volume of the union of the boxes of all outputs', () => {
    // Boxes 0.9 x 0.2, 0.5 x 0.5, 0.2 x 0.8 and 0.4 x 0.4, which the second covers: 0.18 + 0.5 * 0.3 + 0.2 * 0.3
    const outputs = [
      [0.5, 0.5],
      [0.4, 0.4],
      [0.9, 0.2],
      [0.2, 0.8],
    ] as const;
    expect(dominatedArea(outputs)).toBeCloseTo(0.39, 12);
    expect(dominatedArea([])).toBe(0);
    expect(dominatedArea([[0.3, 0.7]])).toBeCloseTo(0.21, 12);
  });

  it('is the area that points thrown at random find', () => {
    const unit = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, unit), { maxLength: 6 }), (points) => {
        // On a grid of eighths every cell is inside the union or outside.
        let cells = 0;
        for (let x = 0.5; x < 8; x++) {
          for (let y = 0.5; y < 8; y++) if (points.some(([a, b]) => 8 * a > x && 8 * b > y)) cells++;
        }
        expect(dominatedArea(points)).toBeCloseTo(cells / 64, 12);
      }),
      { seed: 7 },
    );
  });
});
