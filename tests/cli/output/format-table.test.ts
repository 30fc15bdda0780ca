import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/output/format-table.js';

const rows = [
  ['#', 'prompt'],
  ['1', '"The writer of this message has a"'],
  ['12', '"短い 文章 です ね ここ"'],
  ['3', '"short"'],
];

describe('a table', () => {
  it('goes on below within its last column where a terminal is narrow', () => {
    expect(formatTable(rows, { right: [0], width: 23 })).toBe(
      `${[
        ' #  prompt',
        ' 1  "The writer of this',
        '    message has a"',
        '12  "短い 文章 です ね',
        '    ここ"',
        ' 3  "short"',
      ].join('\n')}\n`,
    );
  });

  it('keeps its lines in a file, and where the other columns leave no room', () => {
    const whole = formatTable(rows, { right: [0] });
    expect(whole.split('\n')).toHaveLength(rows.length + 1);
    expect(formatTable(rows, { right: [0], width: 10 })).toBe(whole);
  });

  it('leaves out the least telling columns where there is no room, and cuts a path in its middle only then', () => {
    const runs = [
      ['run', 'state', 'trainer', 'seed', 'prompt'],
      ['runs/spam-20260101-120000', 'finished', 'log-variance', '12', '"The writer of this message has a"'],
      ['runs/a', 'killed', 'ppo', '3', ''],
    ];
    const table = (width: number) => formatTable(runs, { sheds: [2, 3], cut: 0, right: [3], width });
    for (const width of [44, 48, 60, 72, 80, 120])
      expect(
        Math.max(
          ...table(width)
            .split('\n')
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(width);
    expect(table(80).split('\n')[0]).toMatch(/^run +state +seed +prompt$/);
    expect(table(66)).toContain('runs/spam-20260101-120000  finished  "The writer of');
    expect(table(50)).toContain('runs/spam-20260101-120000  finished  "The');
    expect(table(44)).toMatch(/^runs\/spam-\S*…\S*-120000 {2}finished {2}"The/m);
    expect(table(44)).toMatch(/^runs\/a +killed$/m);
    expect(table(120)).toBe(formatTable(runs, { right: [3] }));
  });
});
