import { formatCount, formatDuration, formatScore } from '../ui/format-values.js';
import { type Html, html } from './html.js';
import { promptText } from './prompt-tables.js';
import { toneOf } from './run-charts.js';
import { type RunReport, scoreOf } from './run-report.js';

/** Several runs side by side, one row each. */
export function renderComparison(runs: readonly RunReport[]): Html {
  const numbers = ['Seed', 'Train', 'Dev', 'Test', 'Forwards', 'Time'];
  return html`<div class="scroll"><table>
<caption>The best prompt of each run, with its scores.</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Task, trainer, target LM</th>${numbers.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col">Prompt</th></tr></thead>
<tbody>${runs.map((run, i) => comparisonRow(run, i))}</tbody>
</table></div>`;
}

function comparisonRow(run: RunReport, index: number): Html {
  const { start, result, steps } = run;
  const best = run.prompts[0]!;
  const scores = [best.train, best.dev, result?.best.test];
  const seconds = result?.seconds ?? steps.reduce((sum, step) => sum + step.seconds, 0);
  return html`<tr><th scope="row"><svg class="key tone-${toneOf(index)}" aria-hidden="true"><path class="line" d="M1 6H17"/></svg><a href="#run-${index + 1}">${run.name}</a></th><td>${start.task}, ${start.trainer}, ${start.targetLm}</td><td class="number">${start.seed}</td>${scores.map((of) => html`<td class="number">${formatScore(scoreOf(run, of))}</td>`)}<td class="number">${formatCount(result?.forwards ?? steps.at(-1)?.forwards)}</td><td class="number">${formatDuration(seconds)}</td><td>${promptText(best.text)}</td></tr>`;
}
