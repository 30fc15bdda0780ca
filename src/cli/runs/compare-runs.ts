import type { Spread } from '../../compare/spread.js';
import { zip } from '../../statistics/zip.js';
import { formatCount } from '../../ui/format-values.js';
import { toVisibleJson } from '../../visible-json.js';
import type { CliContext } from '../output/context.js';
import { formatTable } from '../output/format-table.js';
import { writeResult } from '../output/output.js';
import type { RunGroup } from './run-groups.js';

/** Compares existing runs: seeds of a setting together, settings one below the other. */
export async function compareRuns(
  runDirs: readonly string[],
  { json }: { readonly json?: true },
  context: CliContext,
): Promise<void> {
  const [{ readRunReport }, { groupRuns }] = await Promise.all([
    import('../../report/run-report.js'),
    import('./run-groups.js'),
  ]);
  const groups = groupRuns(runDirs.map(readRunReport));
  writeResult(context, json ? `${toVisibleJson({ schemaVersion: 1, groups })}\n` : toText(groups));
}

function toText(groups: readonly RunGroup[]): string {
  const metrics = [...new Set(groups.map(({ metric }) => metric))].join('/');
  const header = ['task', 'target LM', 'trainer', 'seeds', `dev ${metrics}`, `test ${metrics}`, 'forwards'];
  const rows = groups.map(({ task, targetLm, trainer, runs, dev, test, forwards }) => {
    const seeds = runs.map(({ seed }) => seed).join(' ');
    return [task, targetLm, trainer, seeds, format(dev, 3), format(test, 3), format(forwards, 0)];
  });
  const differences = groups.map(({ settings }) => describeSettings(settings));
  const isSaid = differences.some((text) => text !== '');
  const table = Array.from(zip([header, ...rows], ['settings', ...differences]), ([row, settings]) =>
    isSaid ? [...row, settings] : row,
  );
  return `${formatTable(table, { right: [4, 5, 6] })}\nBest reward on dev so far, by forwards:\n${toCurves(groups)}`;
}

function toCurves(groups: readonly RunGroup[]): string {
  const places = (groups[0]?.curve ?? []).map(({ forwards }) => forwards);
  const rows = groups.map(({ trainer, curve }) => [trainer, ...curve.map(({ devReward }) => format(devReward, 1))]);
  return formatTable([['trainer', ...places.map(formatCount)], ...rows], { right: places.map((_, i) => i + 1) });
}

function describeSettings(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** Mean, and the standard deviation over seeds where there are several. */
function format(spread: Spread | null, digits: number): string {
  if (!spread) return '';
  const show = (value: number) => (digits === 0 ? formatCount(value) : value.toFixed(digits));
  return spread.sd === null ? show(spread.mean) : `${show(spread.mean)} ± ${show(spread.sd)}`;
}
