import { largest } from '../../statistics/extremes.js';
import { type SafeText, safeText } from '../../ui/draw/safe-text.js';
import { cutMiddle, fitToWidth, widthOf } from '../../ui/draw/text-width.js';
import { wrapText } from '../../ui/draw/wrap-text.js';

/** With less room than this the last column is easier to read where the terminal breaks the line. */
const NARROWEST = 10;
/** Columns that may be left out are, where the last column would have less room than this. */
const COMFORTABLE = 24;
/** What is cut in its middle keeps this much. */
const LEAST_CUT = 16;

interface TableOptions {
  /** Columns that stand on the right. */
  readonly right?: readonly number[];
  /** Where lines may not be longer, the last column continues in the lines below. */
  readonly width?: number | undefined;
  /** Columns that are left out where there is no room, the least telling first. */
  readonly sheds?: readonly number[];
  /** A column of paths, which are cut in the middle where that is not enough. */
  readonly cut?: number;
}

interface Column {
  readonly cells: readonly SafeText[];
  readonly width: number;
  readonly isRight: boolean;
  readonly isCut: boolean;
}

/** Rows of texts as lines with aligned columns. */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { right = [], width = Number.POSITIVE_INFINITY, cut } = options;
  const all = (rows[0] ?? []).map((_, index): Column => {
    const cells = rows.map((row) => safeText(row[index] ?? ''));
    const own = largest(cells.map(widthOf));
    return { cells, width: own, isRight: right.includes(index), isCut: index === cut };
  });
  const columns = withCut(withoutShed(all, options), width);
  const before = widthBefore(columns);
  return rows
    .flatMap((_, i) => {
      const line = columns.map(({ cells, width: room, isRight, isCut }) => {
        const cell = cells[i] ?? safeText('');
        return fitToWidth(isCut ? cutMiddle(cell, room) : cell, room, isRight ? 'right' : 'left');
      });
      return broken(line.join('  ').trimEnd(), String(columns.at(-1)?.cells[i] ?? ''), { before, width });
    })
    .join('');
}

function widthBefore(columns: readonly Column[]): number {
  return columns.slice(0, -1).reduce((sum, column) => sum + column.width + 2, 0);
}

/** What the last column lacks of a room; nothing where it is narrower itself. */
function lacking(columns: readonly Column[], width: number, room: number): number {
  return widthBefore(columns) + Math.min(room, columns.at(-1)?.width ?? 0) - width;
}

function withoutShed(
  all: readonly Column[],
  { width = Number.POSITIVE_INFINITY, sheds = [] }: TableOptions,
): readonly Column[] {
  const left = new Set<Column | undefined>();
  const kept = () => all.filter((column) => !left.has(column));
  for (const index of sheds) if (lacking(kept(), width, COMFORTABLE) > 0) left.add(all[index]);
  return kept();
}

function withCut(columns: readonly Column[], width: number): readonly Column[] {
  const less = lacking(columns, width, NARROWEST);
  if (less <= 0) return columns;
  return columns.map((column) =>
    column.isCut ? { ...column, width: Math.max(Math.min(LEAST_CUT, column.width), column.width - less) } : column,
  );
}

/** A line as lines that are no longer than `width`, where the last cell leaves room for that. */
function broken(line: string, last: string, { before, width }: { before: number; width: number }): string[] {
  if (widthOf(line) <= width || width - before < NARROWEST) return [`${line}\n`];
  const [first, ...others] = wrapText(last, width - before);
  const start = line.slice(0, line.length - last.trimEnd().length);
  return [`${start}${first}\n`, ...others.map((part) => `${' '.repeat(before)}${part}\n`)];
}
