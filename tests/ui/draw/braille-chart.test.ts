import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisLabels, roundRange } from '../../../src/ui/draw/axis.js';
import { brailleChart, type ChartSeries } from '../../../src/ui/draw/braille-chart.js';

function points(values: readonly number[]): ChartSeries {
  return { points: values.map((value, i) => ({ step: i + 1, value })) };
}

function draw(series: readonly ChartSeries[], width = 24, height = 6): string {
  const lines = brailleChart(series, width, height).map((pieces) => pieces.map(({ text }) => text).join(''));
  return `\n${lines.join('\n')}\n`;
}

describe('brailleChart', () => {
  it('draws a rising line from corner to corner', () => {
    expect(draw([points([0, 1, 2, 3, 4, 5, 6, 7, 8])])).toMatchInlineSnapshot(`
      "
      8┤                  ⣀⠤⠒⠉
       │             ⣀⡠⠔⠒⠉    
      4┤         ⣀⠤⠒⠉         
       │    ⢀⡠⠔⠊⠉             
      0┤⣀⠤⠒⠊⠁                 
        1                    9
      "
    `);
  });

  it('leaves a gap where a value is not a number', () => {
    expect(draw([points([1, 1, 1, Number.NaN, Number.NaN, Number.NaN, 2, 2, 2])])).toMatchInlineSnapshot(`
      "
      2.0┤              ⠈⠉⠉⠉⠉⠉
         │                    
      1.5┤                    
         │                    
      1.0┤⣀⣀⣀⣀⣀⡀              
          1                  9
      "
    `);
  });

  it('draws one point as a dot and a flat series as a level line', () => {
    expect(draw([points([5])])).toMatchInlineSnapshot(`
      "
      5.6┤                    
         │                    
      5.0┤          ⠄         
         │                    
      4.4┤                    
          1                  1
      "
    `);
    expect(draw([points([5, 5, 5])])).toMatchInlineSnapshot(`
      "
      5.6┤                    
         │                    
      5.0┤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤
         │                    
      4.4┤                    
          1                  3
      "
    `);
  });

  it('tells by series which colour a run of characters has, the later on top', () => {
    const owners = (series: readonly ChartSeries[]): unknown[] =>
      brailleChart(series, 12, 3)
        .flatMap((line) => line.map(({ series: owner }) => owner))
        .filter((owner) => owner !== undefined);
    expect(owners([points([0, 0]), points([9, 9])])).toEqual([1, 0]);
    expect(owners([points([9, 9]), points([0, 0])])).toEqual([0, 1]);
    expect(owners([points([5, 5]), points([5, 5])])).toEqual([1]);
  });

  it('draws axes without a series', () => {
    expect(draw([])).toMatchInlineSnapshot(`
      "
      1.0┤                    
         │                    
      0.5┤                    
         │                    
      0.0┤                    
          0                  1
      "
    `);
  });

  it('is exactly as wide and high as asked, whatever the values', () => {
    const value = fc.oneof(fc.double(), fc.constant(Number.NaN), fc.double({ min: -1, max: 1 }));
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { maxLength: 30 }), { maxLength: 3 }),
        fc.nat(60),
        fc.nat(15),
        (values, width, height) => {
          const lines = brailleChart(values.map(points), width, height);
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(line.reduce((sum, { text }) => sum + text.length, 0)).toBe(width);
        },
      ),
      { seed: 7 },
    );
  });
});

describe('axes', () => {
  it('end on round numbers around the values', () => {
    expect(roundRange([-38.2, 51.7])).toEqual({ low: -40, high: 60 });
    const { low, high } = roundRange([0.562, 0.719]);
    expect([low, high].map((value) => value.toFixed(4))).toEqual(['0.5600', '0.7200']);
    expect(roundRange([])).toEqual({ low: 0, high: 1 });
    expect(roundRange([1], 1).high).toBe(1);
    expect(roundRange([0.9, 1], 1).high).toBe(1);
    expect(roundRange([0.9, 1.2], 1).high).toBeGreaterThanOrEqual(1.2);
  });

  it('are labelled with the decimals they need', () => {
    expect(axisLabels([60, 10, -40])).toEqual(['60', '10', '-40']);
    expect(axisLabels([0.75, 0.65, 0.55])).toEqual(['0.75', '0.65', '0.55']);
    expect(axisLabels([2e7, 1e7, 0])).toEqual(['2.0e+7', '1.0e+7', '0.0e+0']);
  });
});
