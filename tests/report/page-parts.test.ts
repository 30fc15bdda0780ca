import { describe, expect, it } from 'vitest';
import { chartData, renderChart } from '../../src/report/charts/chart.js';
import { type Point, thinPoints } from '../../src/report/charts/thin-points.js';
import { formatTick, niceTicks, tickLabels } from '../../src/report/charts/ticks.js';
import { html, inlineJson } from '../../src/report/html.js';
import { proportionInterval } from '../../src/report/proportion-interval.js';

describe('markup', () => {
  it('escapes texts for elements and attributes, and shows what would be invisible', () => {
    expect(html`<p title="${'"><script>'}">${"a & b's\u202e"}</p>`.source).toBe(
      '<p title="&quot;&gt;&lt;script&gt;">a &amp; b&#39;s\\u{202e}</p>',
    );
  });

  it('takes markup made by itself as it is, lists one after the other, and nothing for what is not there', () => {
    expect(html`<ul>${['a', 'b'].map((text) => html`<li>${text}</li>`)}${undefined}${false}</ul>`.source).toBe(
      '<ul><li>a</li><li>b</li></ul>',
    );
  });

  it('keeps data from ending the element it stands in', () => {
    const text = '</script><!--<script>';
    expect(inlineJson({ text }).source).not.toContain('<');
    expect(JSON.parse(inlineJson({ text }).source)).toEqual({ text });
  });
});

describe('axes', () => {
  it('puts round numbers within the range', () => {
    expect(niceTicks(0, 200, 6, 1)).toEqual([0, 50, 100, 150, 200]);
    expect(niceTicks(-43, 62, 5, 0)).toEqual([-40, -20, 0, 20, 40, 60]);
    expect(niceTicks(0.497, 0.883, 5, 0)).toEqual([0.5, 0.6, 0.7, 0.8]);
    expect(niceTicks(0.98, 2.02, 6, 1)).toEqual([1, 2]);
  });

  it('writes large and negative numbers short', () => {
    expect([0, -2.5, 9_999, 12_500, 3_400_000].map(formatTick)).toEqual(['0', '−2.5', '9999', '12.5k', '3.4M']);
  });

  it('gives all numbers of an axis the same decimals', () => {
    expect(tickLabels([-0.5, 0, 0.5, 1])).toEqual(['−0.5', '0.0', '0.5', '1.0']);
    expect(tickLabels([5_000, 10_000])).toEqual(['5000', '10k']);
  });
});

describe('curves', () => {
  const points = Array.from({ length: 10_000 }, (_, i): Point => [i, i % 2]);

  it('thins points to what can be seen, with their means', () => {
    const thin = thinPoints(points, 'mean', 1000);
    expect(thin.length).toBe(1000);
    expect(new Set(thin.map(([, y]) => y))).toEqual(new Set([0.5]));
  });

  it('keeps the last of a group where the curve only grows', () => {
    expect(thinPoints(points, 'last', 10).at(-1)).toEqual([9999, 1]);
  });

  it('leaves out what is no number', () => {
    expect(
      thinPoints([
        [1, 2],
        [2, Number.NaN],
        [3, 4],
      ]),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('keeps the room around accuracies within their bounds', () => {
    const chart = { id: 'a', title: 'A', caption: '', xName: 'step', bounds: [0, 1] } as const;
    const series = [
      {
        name: 'dev',
        tone: 1,
        form: 'dots',
        points: [
          [1, 0.5],
          [9, 1],
        ],
      },
    ] as const;
    expect(chartData({ ...chart, series }).y).toEqual([0.47, 1]);
  });

  it('draws a chart of one point, and of none', () => {
    const chart = { id: 'a', title: 'A', caption: '', xName: 'step' };
    const one = renderChart({ ...chart, series: [{ name: 'x', tone: 1, form: 'line', points: [[3, 7]] }] }).source;
    expect(one).toContain('class="dot"');
    expect(one).toContain('x: from 7 at step 3');
    const none = renderChart({ ...chart, series: [{ name: 'x', tone: 1, form: 'line', points: [] }] }).source;
    expect(`${one}${none}`).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('the interval of a share', () => {
  it('is that of Wilson', () => {
    const [low, high] = proportionInterval(0.5, 10);
    expect(low).toBeCloseTo(0.2366, 4);
    expect(high).toBeCloseTo(0.7634, 4);
  });

  it('stays within 0 and 1 where all or none are right', () => {
    expect(proportionInterval(1, 8)[1]).toBe(1);
    expect(proportionInterval(0, 8)[0]).toBe(0);
  });
});
