import type { Resplit, Summary } from './held-out-summary.js';

const WIDTH = 640;
const ROW = 36;
const LEFT = 200;
const RIGHT = 20;

/** One row for each arm: a dot for each resplit's test accuracy, a line at the mean. */
export function plotResplits(resplits: readonly Resplit[], summary: Summary): string {
  const names = Object.keys(summary.arms);
  const tests = resplits.flatMap(({ arms }) => names.map((name) => arms[name]!.test));
  const low = Math.floor(Math.min(...tests) * 10) / 10;
  const high = Math.max(low + 0.1, Math.ceil(Math.max(...tests) * 10) / 10);
  const x = (value: number): string => (LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const rows = names.map((name, i) => {
    const y = 30 + i * ROW;
    const dots = resplits.map(
      ({ arms }) => `<circle cx="${x(arms[name]!.test)}" cy="${y}" r="3.5" fill-opacity="0.45"/>`,
    );
    const { mean } = summary.arms[name]!;
    const line = `<line x1="${x(mean)}" x2="${x(mean)}" y1="${y - 12}" y2="${y + 12}" stroke="currentColor" stroke-width="2"/>`;
    return `<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${name} ${mean.toFixed(3)}</text>${dots.join('')}${line}`;
  });
  const bottom = 30 + names.length * ROW;
  const ticks = Array.from({ length: Math.round((high - low) * 10) + 1 }, (_, i) => low + i / 10).map(
    (value) => `<text x="${x(value)}" y="${bottom + 14}" text-anchor="middle">${value.toFixed(1)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 24}" font-family="system-ui, sans-serif" font-size="12" role="img"><title>Test accuracy over ${summary.resplits} resplits</title>${rows.join('')}${ticks.join('')}</svg>\n`;
}
