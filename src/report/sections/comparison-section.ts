import { formatCount, formatDuration } from '../../ui/format-values.js';
import { modelName } from '../../ui/model-name.js';
import { toneOf } from '../charts/run-charts.js';
import { type Html, html } from '../html.js';
import { type RunReport, scoreOf } from '../run-report.js';
import { scoreText } from '../score-text.js';
import { promptText } from './prompt-tables.js';

const NUMBERS = ['Seed', 'Train', 'Dev', 'Test', 'Forwards', 'Time'];

/** Several runs side by side, one row each. */
export function renderComparison(runs: readonly RunReport[]): Html {
  return html`<div class="scroll stack"><table>
<caption>The best prompt of each run, with its scores.</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Task, trainer, target LM</th>${NUMBERS.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col">Prompt</th></tr></thead>
<tbody>${runs.map((run, i) => comparisonRow(run, i))}</tbody>
</table></div>`;
}

function comparisonRow(run: RunReport, index: number): Html {
  const { start, result, steps } = run;
  const best = run.prompts[0];
  const scores = [best.train, best.dev, result?.best.test];
  const seconds = result?.seconds ?? steps.reduce((sum, step) => sum + step.seconds, 0);
  const numbers = [
    String(start.seed),
    ...scores.map((of) => scoreText(scoreOf(run, of))),
    formatCount(result?.forwards ?? steps.at(-1)?.forwards),
    formatDuration(seconds),
  ];
  return html`<tr><th scope="row"><svg class="key tone-${toneOf(index)}" aria-hidden="true"><path class="line" d="M1 6H17"/></svg><a href="#run-${index + 1}">${run.name}</a></th><td class="full">${start.task}, ${start.trainer}, ${modelName(start.targetLm)}</td>${numbers.map((text, i) => html`<td class="number" data-name="${NUMBERS[i]}">${text}</td>`)}<td class="full">${promptText(best.text)}</td></tr>`;
}
