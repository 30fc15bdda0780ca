import { zip } from '../../statistics/zip.js';
import { safeText } from '../../ui/draw/safe-text.js';
import { fitToWidth, widthOf } from '../../ui/draw/text-width.js';
import { wrapText } from '../../ui/draw/wrap-text.js';

/** With less room than this the last column is easier to read where the terminal breaks the line. */
const NARROWEST = 10;

interface TableOptions {
  /** Columns that stand on the right. */
  readonly right?: readonly number[];
  /** Where lines may not be longer, the last column continues in the lines below. */
  readonly width?: number | undefined;
}

/** Rows of texts as lines with aligned columns. */
export function formatTable(
  rows: readonly (readonly string[])[],
  { right = [], width = Number.POSITIVE_INFINITY }: TableOptions = {},
): string {
  const cells = rows.map((row) => row.map((cell) => safeText(cell)));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.flatMap((row) => row.slice(column, column + 1).map(widthOf))),
  );
  const line = (row: (typeof cells)[number]) =>
    Array.from(zip(row, widths), ([cell, columnWidth], column) =>
      fitToWidth(cell, columnWidth, right.includes(column) ? 'right' : 'left'),
    ).join('  ');
  const before = widths.slice(0, -1).reduce((sum, columnWidth) => sum + columnWidth + 2, 0);
  return cells
    .map(line)
    .flatMap((text, i) => broken(text.trimEnd(), String(cells[i]?.at(-1) ?? ''), { before, width }))
    .join('');
}

/** A line as lines that are no longer than `width`, where the last cell leaves room for that. */
function broken(line: string, last: string, { before, width }: { before: number; width: number }): string[] {
  if (widthOf(line) <= width || width - before < NARROWEST) return [`${line}\n`];
  const [first, ...others] = wrapText(last, width - before);
  const start = line.slice(0, line.length - last.trimEnd().length);
  return [`${start}${first}\n`, ...others.map((part) => `${' '.repeat(before)}${part}\n`)];
}
