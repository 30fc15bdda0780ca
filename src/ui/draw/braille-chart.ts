import { axisLabels, type Range, roundRange } from './axis.js';

export interface ChartSeries {
  /** NaN as `value` is a gap. */
  readonly points: readonly { readonly step: number; readonly value: number }[];
}

/** A run of characters drawn in the colour of series number `series`, or of the axes where it is undefined. */
export interface ChartPiece {
  readonly text: string;
  readonly series: number | undefined;
}

export interface ChartOptions {
  /** Ends of the horizontal axis; by default those of the series. */
  readonly steps?: Range;
  /** Ends of the vertical axis; by default round numbers around the values. */
  readonly values?: Range;
  /** Where the vertical axis ends at the latest. */
  readonly most?: number | undefined;
}

/** Bits of a braille cell's dots by [column][row]. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/**
 * Line charts in braille dots, two by four a character: exactly `height` lines of exactly `width` columns. The last
 * line is the horizontal axis' labels, the left columns the vertical axis'. Where series cross, the later is on top.
 */
export function brailleChart(
  series: readonly ChartSeries[],
  width: number,
  height: number,
  options: ChartOptions = {},
): ChartPiece[][] {
  const values =
    options.values ??
    roundRange(
      series.flatMap(({ points }) => points.map(({ value }) => value)),
      options.most,
    );
  const labels = axisLabels([values.high, (values.high + values.low) / 2, values.low]);
  const gutter = Math.max(...labels.map((label) => label.length));
  const columns = width - gutter - 1;
  const rows = height - 1;
  if (columns < 2 || rows < 1) return Array.from({ length: Math.max(0, height) }, () => blank(width));
  const steps = options.steps ?? stepRange(series);
  const canvas = new Canvas(columns, rows);
  series.forEach(({ points }, index) => {
    drawSeries(canvas, points, index, steps, values);
  });
  const lines = Array.from({ length: rows }, (_, row): ChartPiece[] => {
    const label = labelOfRow(row, rows, labels).padStart(gutter);
    return [{ text: `${label}${label.trim() ? '┤' : '│'}`, series: undefined }, ...canvas.row(row)];
  });
  return [...lines, stepAxis(steps, gutter, columns)];
}

function blank(width: number): ChartPiece[] {
  return [{ text: ' '.repeat(Math.max(0, width)), series: undefined }];
}

function stepRange(series: readonly ChartSeries[]): Range {
  const steps = series.flatMap(({ points }) => points.map(({ step }) => step));
  if (steps.length === 0) return { low: 0, high: 1 };
  return { low: steps.reduce((a, b) => Math.min(a, b)), high: steps.reduce((a, b) => Math.max(a, b)) };
}

function labelOfRow(row: number, rows: number, labels: readonly string[]): string {
  if (row === 0) return labels[0] ?? '';
  if (row === rows - 1) return labels[2] ?? '';
  // A label in the middle belongs on a middle row: an even number of rows has none.
  return rows >= 5 && rows % 2 === 1 && row === (rows - 1) / 2 ? (labels[1] ?? '') : '';
}

function stepAxis(steps: Range, gutter: number, columns: number): ChartPiece[] {
  const [first, last] = [String(steps.low), String(steps.high)];
  const room = columns - first.length - last.length;
  const text = room >= 1 ? first + ' '.repeat(room) + last : last.slice(0, columns).padStart(columns);
  return [{ text: `${' '.repeat(gutter + 1)}${text}`, series: undefined }];
}

function drawSeries(canvas: Canvas, points: ChartSeries['points'], series: number, steps: Range, values: Range): void {
  let previous: readonly [number, number] | undefined;
  for (const { step, value } of points) {
    if (!Number.isFinite(value)) {
      previous = undefined;
      continue;
    }
    const x = place(step, steps, canvas.width);
    const y = canvas.height - 1 - place(value, values, canvas.height);
    canvas.line(previous ?? [x, y], [x, y], series);
    previous = [x, y];
  }
}

function place(value: number, { low, high }: Range, size: number): number {
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return Math.round(Math.min(1, Math.max(0, share)) * (size - 1));
}

/** A grid of dots; `width` and `height` in dots. */
class Canvas {
  readonly width: number;
  readonly height: number;
  private readonly bits: Uint8Array;
  private readonly owners: Int16Array;

  constructor(
    private readonly columns: number,
    rows: number,
  ) {
    this.width = 2 * columns;
    this.height = 4 * rows;
    this.bits = new Uint8Array(columns * rows);
    this.owners = new Int16Array(columns * rows).fill(-1);
  }

  line([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number], series: number): void {
    const dots = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
    for (let i = 0; i <= dots; i++) {
      const share = dots === 0 ? 0 : i / dots;
      this.dot(Math.round(x0 + share * (x1 - x0)), Math.round(y0 + share * (y1 - y0)), series);
    }
  }

  row(row: number): ChartPiece[] {
    const pieces: { text: string; series: number | undefined }[] = [];
    for (let column = 0; column < this.columns; column++) {
      const cell = row * this.columns + column;
      const bits = this.bits[cell]!;
      const text = bits === 0 ? ' ' : String.fromCharCode(0x2800 + bits);
      const last = pieces.at(-1);
      // An empty cell shows no colour and goes with its neighbour.
      const series = bits === 0 ? last?.series : this.owners[cell]!;
      if (last && last.series === series) last.text += text;
      else pieces.push({ text, series });
    }
    return pieces;
  }

  private dot(x: number, y: number, series: number): void {
    const cell = Math.floor(y / 4) * this.columns + Math.floor(x / 2);
    this.bits[cell] = this.bits[cell]! | DOTS[(x % 2) as 0 | 1][(y % 4) as 0 | 1 | 2 | 3];
    this.owners[cell] = series;
  }
}
