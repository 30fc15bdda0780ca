import type { PromptSummary } from '../../events.js';
import { formatCount, formatDuration, formatScore, formatShare } from '../../ui/format-values.js';
import { type Html, html } from '../page/html.js';
import { proportionInterval } from '../proportion-interval.js';
import { type RunReport, scoreOf } from '../run-report.js';

/** The prompt a run found, how it is used, and its numbers at a glance. */
export function renderBestPrompt(run: RunReport): Html {
  const best = run.prompts[0]!;
  return html`<div class="best">
<p class="kicker">${kickerOf(best)}${!run.result && ' so far'}</p>
<p class="prompt"><code>${best.text || '(empty)'}</code><button type="button" data-copy="${best.text}" hidden>Copy</button></p>
${renderTokens(best)}
${renderUse(run)}
</div>
<dl class="tiles">${tiles(run, best)}</dl>`;
}

function kickerOf({ policy, step }: PromptSummary): string {
  if (!policy) return 'Best prompt';
  const { prompts, share } = policy;
  return `Best policy (step ${step}), which writes a prompt for each input: of ${prompts} the most frequent on dev (${formatShare(share)})`;
}

/** The tokens of a prompt with their ids, which are its identity. */
export function renderTokens({ tokens, tokenIds }: Pick<PromptSummary, 'tokens' | 'tokenIds'>): Html {
  return html`<ol class="tokens" aria-label="Tokens and their ids">${tokenIds.map((id, i) => html`<li><code>${tokens[i] ?? '?'}</code><span>${id}</span></li>`)}</ol>`;
}

function renderUse({ start }: RunReport): Html {
  const words = start.labels.map(
    (label, i) => html`${i > 0 && ', '}<b>${label}</b> as “${start.labelWords?.[i] ?? label}”`,
  );
  return html`<p class="use">Used as <code>${start.template}</code>${words.length > 0 && html`; the answers are ${words}`}.</p>`;
}

function tiles(run: RunReport, best: PromptSummary): Html[] {
  const { result, start, steps } = run;
  const { forwards, cacheHits } = result ?? steps.at(-1) ?? { forwards: 0, cacheHits: 0 };
  const seconds = result?.seconds ?? steps.reduce((sum, step) => sum + step.seconds, 0);
  return [
    result && scoreTile(run, 'Test', scoreOf(run, result.best.test), start.examples.test, gains(run)),
    scoreTile(run, 'Dev', scoreOf(run, best.dev), start.examples.dev),
    scoreTile(run, 'Train', scoreOf(run, best.train), start.examples.train),
    tile('Forwards', formatCount(forwards), 'rows through the target LM'),
    tile('Time', formatDuration(seconds), `${formatCount(result?.steps ?? steps.at(-1)?.step ?? 0)} steps`),
    tile(
      'Cache',
      formatShare(cacheHits / Math.max(1, forwards + cacheHits)),
      `${formatCount(cacheHits)} rows not run again`,
    ),
  ].filter((one) => one !== undefined);
}

function scoreTile(
  run: RunReport,
  split: string,
  score: number | undefined,
  n: number,
  gained: readonly string[] = [],
): Html {
  const { metric } = run.start;
  const isShare = metric === 'accuracy' && score !== undefined && n > 0;
  const range = isShare ? `, 95 % within ${proportionInterval(score, n).map(formatScore).join('–')}` : '';
  return tile(`${split} ${metric}`, formatScore(score), `${formatCount(n)} examples${range}`, gained);
}

function tile(name: string, value: string, note: string, gained: readonly string[] = []): Html {
  return html`<div><dt>${name}</dt><dd><strong>${value}</strong><span>${note}</span>${gained.map((one) => html`<span class="gain">${one}</span>`)}</dd></div>`;
}

/** By how much the prompt beats the baselines on test. */
function gains(run: RunReport): string[] {
  const test = scoreOf(run, run.result?.best.test) ?? 0;
  const gain = (name: string, scores: Readonly<Record<string, number>> | undefined) => {
    const score = scoreOf(run, scores);
    return score === undefined ? [] : [`${test < score ? '−' : '+'}${formatScore(Math.abs(test - score))} ${name}`];
  };
  const { empty, manual } = run.result!.baselines;
  return [...gain('over the best manual prompt', manual?.test), ...gain('over no prompt', empty.test)];
}
