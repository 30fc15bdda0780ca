import { chosenKey, type PromptSummary, promptKey } from '../../events.js';
import { bar } from '../charts/bar.js';
import { type Html, html } from '../html.js';
import { type RunReport, scoreOf } from '../run-report.js';
import { scoreText } from '../score-text.js';
import { renderTokens } from './best-prompt.js';

const MOST_PROMPTS = 16;

const NUMBERS = ['Train', 'Dev', 'Test', 'Reward', 'Step'];

const ORIGINS: Readonly<Record<PromptSummary['origin'], string>> = {
  policy: 'policy',
  user: 'typed in',
  manual: 'manual',
  plain: 'plain',
  'warm-start': 'warm start',
  empty: 'empty',
};

/** The chosen prompt beside the baselines. */
export function renderBaselines(run: RunReport): Html {
  const best = run.prompts[0];
  const isBaseline = best.origin === 'empty' || best.origin === 'manual' || best.origin === 'plain';
  const rows = [
    {
      name: best.policy ? 'policy, mostly this' : isBaseline ? ORIGINS[best.origin] : 'found',
      prompt: best.text,
      dev: best.dev,
      test: run.result?.best.test,
      isBest: true,
    },
    ...aloneRow(run),
    ...foundRow(run),
    ...run.baselines
      .filter(({ prompt }) => !isBaseline || prompt.trim() !== best.text)
      .map(({ name, prompt, dev, test }) => ({ name, prompt, dev, test, isBest: false })),
  ];
  const { metric } = run.start;
  const isTested = rows.some(({ test }) => scoreOf(run, test) !== undefined);
  const shownOf = ({ dev, test }: (typeof rows)[number]) => scoreOf(run, isTested ? test : dev);
  // A reward has no upper end: bars reach up to the highest.
  const top = metric === 'reward' ? Math.max(...rows.map((row) => shownOf(row) ?? 0), Number.MIN_VALUE) : 1;
  return html`<div class="scroll"><table>
<caption>The best prompt compared with the baselines (${metric}).</caption>
<thead><tr><th scope="col">Prompt</th><th scope="col">From</th><th scope="col" class="number">Dev</th><th scope="col" class="number">Test</th><th scope="col" class="wide">${isTested ? 'Test' : 'Dev'} ${metric}, 0 to ${metric === 'reward' ? scoreText(top) : '1'}</th></tr></thead>
<tbody>${rows.map((row) => {
    const { name, prompt, dev, test, isBest } = row;
    const shown = shownOf(row);
    return html`<tr${isBest && html` class="chosen"`}><th scope="row">${promptText(prompt)}</th><td>${name}</td><td class="number">${scoreText(scoreOf(run, dev))}</td><td class="number">${scoreText(scoreOf(run, test))}</td><td class="wide">${bar(shown === undefined ? undefined : shown / top, isBest ? 2 : 0)}</td></tr>`;
  })}</tbody>
</table></div>
${run.result?.verdict && html`<p class="verdict">${run.result.verdict.sentence}</p>`}`;
}

/** Of a policy that writes a prompt for each input: what its most frequent one does for all of them. */
function aloneRow({ result }: RunReport) {
  const { policy, prompt } = result?.best ?? {};
  return policy && prompt !== undefined ? [{ name: 'that one alone', prompt, ...policy.alone, isBest: false }] : [];
}

/** What the search found, where a baseline is the result. */
function foundRow({ result }: RunReport) {
  return result?.found ? [{ name: 'found', ...result.found, isBest: false }] : [];
}

/** The best prompts by dev score, with what they are made of. */
export function renderTopPrompts(run: RunReport): Html {
  const shown = run.prompts.slice(0, MOST_PROMPTS);
  return html`<div class="scroll stack"><table>
<caption>${shown.length} best of ${run.prompts.length} ${run.prompts[0].policy ? 'policies (each by its most frequent prompt)' : 'prompts'} that were scored on dev; ${run.start.metric} by split, raw reward on train.</caption>
<thead><tr><th scope="col" class="number">#</th><th scope="col">Prompt and tokens</th>${NUMBERS.map((name) => html`<th scope="col" class="number">${name}</th>`)}<th scope="col">From</th></tr></thead>
<tbody>${shown.map((prompt, i) => topRow(run, prompt, i))}</tbody>
</table></div>`;
}

function topRow(run: RunReport, prompt: PromptSummary, index: number): Html {
  const { best, found } = run.result ?? {};
  const isFound = found?.prompt === prompt.text && !prompt.policy;
  const onTest = promptKey(prompt) === chosenKey(run.result) ? best?.test : isFound ? found.test : undefined;
  const scores = [prompt.train, prompt.dev, onTest];
  const numbers = [
    ...scores.map((of) => (of ? scoreText(scoreOf(run, of)) : '')),
    prompt.reward.toFixed(2),
    String(prompt.step),
  ];
  return html`<tr${index === 0 && html` class="chosen"`}><td class="number" data-name="Rank">${index + 1}</td><th scope="row">${promptText(prompt.text)}${renderTokens(prompt)}</th>${numbers.map((text, i) => html`<td class="number" data-name="${NUMBERS[i]}">${text}</td>`)}<td data-name="From">${ORIGINS[prompt.origin]}</td></tr>`;
}

/** A prompt as text of a table; what is empty says so. */
export function promptText(prompt: string): Html {
  return prompt === '' ? html`<i>no prompt</i>` : html`<code>${prompt}</code>`;
}
