/** How many lines each part of the screen gets; zero leaves the part out. */
export interface Layout {
  readonly columns: number;
  /** Lines of the whole frame. */
  readonly height: number;
  /** Lines of the header, 0 to 4. */
  readonly header: number;
  /** Lines of the charts with their title and step axis. */
  readonly chart: number;
  /** Rows of prompts, without the table's head. */
  readonly prompts: number;
  readonly health: number;
  readonly log: number;
  readonly footer: number;
  /** Empty lines between the parts. */
  readonly gaps: boolean;
}

const LEAST_CHART = 6;
const LEAST_CHART_COLUMNS = 30;
const MOST_PROMPTS = 50;

/**
 * Shares out a terminal's rows. The frame stays below them by one, so that it never scrolls; what matters least goes
 * first when room is short: the chart, then rows of the table, then the log, health, the header's details.
 */
export function layoutFor(columns: number, rows: number): Layout {
  const height = Math.max(0, rows - 1);
  const fixed = fixedLines(height);
  const used = fixed.header + fixed.health + fixed.log + fixed.footer + (fixed.gaps ? 3 : 0);
  const room = Math.max(0, height - used);
  const withChart = columns >= LEAST_CHART_COLUMNS && room >= LEAST_CHART + 4;
  const chart = withChart ? Math.max(LEAST_CHART, Math.min(30, Math.floor(room * 0.55))) : 0;
  const prompts = Math.min(MOST_PROMPTS, Math.max(0, room - chart - 1));
  return { columns, height, chart, prompts, ...fixed };
}

function fixedLines(height: number): Pick<Layout, 'header' | 'health' | 'log' | 'footer' | 'gaps'> {
  if (height >= 34) return { header: 4, health: 2, log: 5, footer: 1, gaps: true };
  if (height >= 20) return { header: 4, health: 1, log: 1, footer: 1, gaps: true };
  if (height >= 14) return { header: 3, health: 1, log: 1, footer: 1, gaps: false };
  if (height >= 8) return { header: 3, health: 1, log: 0, footer: 1, gaps: false };
  if (height >= 4) return { header: 2, health: 0, log: 0, footer: 1, gaps: false };
  return { header: Math.min(height, 2), health: 0, log: 0, footer: 0, gaps: false };
}
