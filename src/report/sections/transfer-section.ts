import type { TransferCell, TransferMatrix } from '../../analysis/transfer.js';
import { zip } from '../../statistics/zip.js';
import { formatCount } from '../../ui/format-values.js';
import { type Html, html } from '../html.js';
import { scoreText } from '../score-text.js';
import { promptText } from './prompt-tables.js';

/** Prompts against target LMs; the shade of a cell is its score among those of its column. */
export function renderTransfer({ rows, columns, cells, split }: TransferMatrix): Html {
  const metric = Object.keys(cells[0]?.[0]?.metrics ?? {})[0] ?? 'reward';
  return html`<section><h2 id="transfer">Transfer</h2><div class="scroll"><table>
<caption>Scores (${metric}, ${split} split) of prompts with other target LMs; the stronger the shade, the better among those of its column.</caption>
<thead><tr><th scope="col">Prompt</th><th scope="col">From</th>${columns.map(({ task, targetLm, n }) => html`<th scope="col" class="number">${targetLm}<span>${task}, n = ${formatCount(n)}</span></th>`)}</tr></thead>
<tbody>${Array.from(
    zip(rows, cells),
    ([{ prompt, origin }, own]) =>
      html`<tr><th scope="row">${promptText(prompt)}</th><td>${origin}</td>${own.map((cell, column) =>
        shade(
          scoreIn(cell, metric),
          cells.flatMap((others) => others.slice(column, column + 1).map((other) => scoreIn(other, metric))),
        ),
      )}</tr>`,
  )}</tbody>
</table></div></section>`;
}

function shade(score: number, column: readonly number[]): Html {
  const [least, most] = [Math.min(...column), Math.max(...column)];
  const heat = most > least ? Math.round((10 * (score - least)) / (most - least)) : 0;
  return html`<td class="number right heat-${heat}">${scoreText(score)}</td>`;
}

function scoreIn({ metrics, reward }: TransferCell, metric: string): number {
  return metrics[metric] ?? reward;
}
