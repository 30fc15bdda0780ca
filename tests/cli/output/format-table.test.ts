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
});
