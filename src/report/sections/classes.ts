import { formatCount } from '../../ui/format-values.js';
import { bar } from '../charts/bar.js';
import { type Html, html } from '../html.js';
import type { RunReport } from '../run-report.js';
import { scoreText } from '../score-text.js';

/** How the chosen prompt does by label on test, where the run knows it. */
export function renderClasses({ result, start }: RunReport): Html | undefined {
  const { perClass, confusion } = result?.best ?? {};
  if (!perClass || !confusion) return undefined;
  return html`<section><h3>By label</h3><div class="pair">
<div class="scroll"><table>
<caption>Accuracy of the chosen prompt on the test examples of each label.</caption>
<thead><tr><th scope="col">Label</th><th scope="col" class="number">Examples</th><th scope="col" class="number">Accuracy</th><th scope="col" class="wide">0 to 1</th><th scope="col" class="number">Reward</th></tr></thead>
<tbody>${perClass.map(({ label, n, accuracy, reward }) => html`<tr><th scope="row">${label}</th><td class="number">${formatCount(n)}</td><td class="number">${scoreText(accuracy)}</td><td class="wide">${bar(accuracy, 2)}</td><td class="number">${reward.toFixed(1)}</td></tr>`)}</tbody>
</table></div>
${renderConfusion(start.labels, confusion)}
</div></section>`;
}

function renderConfusion(labels: readonly string[], confusion: readonly (readonly number[])[]): Html {
  return html`<div class="scroll"><table class="confusion">
<caption>Confusion matrix on test: rows are true labels, columns predicted ones.</caption>
<thead><tr><td></td>${labels.map((label) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
<tbody>${confusion.map((counts, i) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return html`<tr><th scope="row">${labels[i]}</th>${counts.map((count, k) => cell(count, total, i === k))}</tr>`;
  })}</tbody>
</table></div>`;
}

function cell(count: number, total: number, isRight: boolean): Html {
  const heat = total === 0 ? 0 : Math.round((10 * count) / total);
  return html`<td class="number ${isRight ? 'right' : 'wrong'} heat-${heat}">${formatCount(count)}</td>`;
}
