import type { Measured } from '../../acting/measure.js';
import { formatTable } from '../output/format-table.js';

/** @param what the rows are */
export function actingTable(what: string, rows: readonly (Measured & { name: string })[], longest: number): string {
  const isCut = rows.some(({ cut }) => cut !== undefined);
  const lines = rows.map(({ name, episodes, meanReturn, meanSteps, cut = 0, best }) => [
    name,
    String(episodes),
    meanReturn.toFixed(3),
    meanSteps.toFixed(1),
    ...(isCut ? [String(cut)] : []),
    best === undefined ? '-' : `${(100 * best).toFixed(1)} %`,
  ]);
  const cuts = isCut ? [`cut at ${longest} steps`] : [];
  const head = [what, 'episodes', 'return', 'steps', ...cuts, 'best return'];
  return formatTable([head, ...lines], { right: head.map((_, column) => column).slice(1) });
}
