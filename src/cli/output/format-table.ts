import { zip } from '../../statistics/zip.js';
import { fitToWidth, safeText, widthOf } from '../../ui/draw/sanitize.js';

/** Rows of texts as lines with aligned columns; the columns named in `right` stand on the right. */
export function formatTable(
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly number[] } = {},
): string {
  const cells = rows.map((row) => row.map((cell) => safeText(cell)));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.flatMap((row) => row.slice(column, column + 1).map(widthOf))),
  );
  const line = (row: (typeof cells)[number]) =>
    Array.from(zip(row, widths), ([cell, width], column) =>
      fitToWidth(cell, width, right.includes(column) ? 'right' : 'left'),
    ).join('  ');
  return cells.map((row) => `${line(row).trimEnd()}\n`).join('');
}
