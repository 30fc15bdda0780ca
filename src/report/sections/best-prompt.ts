import type { PromptSummary } from '../../events.js';
import { formatCount, formatDuration, formatShare } from '../../ui/format-values.js';
import { type Html, html } from '../html.js';
import { proportionInterval } from '../proportion-interval.js';
import { type RunReport, scoreOf } from '../run-report.js';
import { scoreText } from '../score-text.js';
import { tokenText } from './token-text.js';

/** The prompt a run found, how it is used, and its numbers at a glance. */
export function renderBestPrompt(run: RunReport): Html {
  const best = run.prompts[0];
  return html`<div class="best">
<p class="kicker">${kickerOf(best)}${!run.result && ' so far'}</p>
<p class="prompt"><code>${best.text || '(empty)'}</code>${best.text !== '' && html`<button type="button" data-copy="${best.text}" hidden>Copy</button>`}</p>
${renderTokens(best)}
${renderUse(run)}
${best.reading && renderReading(best.reading)}
</div>
<dl class="tiles">${tiles(run, best)}</dl>`;
}

function kickerOf({ policy, step }: PromptSummary): string {
  if (!policy) return 'Best prompt';
  const { prompts, share } = policy;
  return `Best policy (step ${step}), which writes a prompt for each input: of ${prompts} the most frequent on dev (${formatShare(share)})`;
}

/** The tokens of a prompt, as text, with their ids, which are its identity. */
export function renderTokens({ tokens, tokenIds }: Pick<PromptSummary, 'tokens' | 'tokenIds'>): Html {
  return html`<ol class="tokens" aria-label="Tokens and their ids; ␣ is a space">${tokenIds.map((id, i) => html`<li><code>${tokenText(tokens[i] ?? '?')}</code><span>${id}</span></li>`)}</ol>`;
}

/** A custom reward alone knows how it uses a prompt. */
function renderUse({ start, prompts }: RunReport): Html | false {
  if (start.kind === 'custom') return false;
  const words = prompts[0].reading
    ? []
    : start.labels.map((label, i) => html`${i > 0 && ', '}<b>${label}</b> as “${start.labelWords?.[i] ?? label}”`);
  return html`<p class="use">Used as <code>${start.template}</code>${words.length > 0 && html`; the answers are ${words}`}.</p>`;
}

/** Words that a reader sees at once; the others are a click away. */
const WORDS_SHOWN = 8;

/** The label words that a run has found, or weighed, and the labelled rows before each input. */
function renderReading({ words, demonstrations }: NonNullable<PromptSummary['reading']>): Html {
  const sets = words.map(({ label, words: own }) => {
    const [shown, others] = [own.slice(0, WORDS_SHOWN).join(', '), own.slice(WORDS_SHOWN).join(', ')];
    return html`<li><b>${label}</b>: ${shown}${others !== '' && html`<details><summary>${own.length - WORDS_SHOWN} more</summary>${others}</details>`}</li>`;
  });
  const rows = demonstrations.map(({ text, word }) => html`<li>${text} <b>${word}</b></li>`);
  return html`<p class="use">The answers are read by these words:</p>
<ul class="use">${sets}</ul>
${
  rows.length > 0 &&
  html`<p class="use">Labelled rows that stand before each input:</p>
<ol class="use">${rows}</ol>`
}`;
}

function tiles(run: RunReport, best: PromptSummary): Html[] {
  const { result, start, steps } = run;
  const { forwards, cacheHits } = result ?? steps.at(-1) ?? { forwards: 0, cacheHits: 0 };
  const seconds = result?.seconds ?? steps.reduce((sum, step) => sum + step.seconds, 0);
  return [
    result && scoreTile(run, 'Test', scoreOf(run, result.best.test), start.examples.test, differences(run)),
    scoreTile(run, 'Dev', scoreOf(run, best.dev), start.examples.dev),
    scoreTile(run, 'Train', scoreOf(run, best.train), start.examples.train),
    tile(
      'Forwards',
      formatCount(forwards),
      start.kind === 'custom' ? 'rows that the reward judged' : 'rows through the target LM',
    ),
    tile('Time', formatDuration(seconds), `${formatCount(result?.steps ?? steps.at(-1)?.step ?? 0)} steps`),
    tile(
      'Cache',
      formatShare(cacheHits / Math.max(1, forwards + cacheHits)),
      `${formatCount(cacheHits)} rows taken from the cache`,
    ),
  ].filter((one) => one !== undefined);
}

function scoreTile(
  run: RunReport,
  split: string,
  score: number | undefined,
  n: number,
  gained: readonly Difference[] = [],
): Html {
  const { metric } = run.start;
  const isShare = metric === 'accuracy' && score !== undefined && n > 0;
  const range = isShare ? `, 95 % interval ${proportionInterval(score, n).map(scoreText).join('–')}` : '';
  return tile(
    `${split} ${metric}`,
    scoreText(score),
    `${formatCount(n)} ${n === 1 ? 'example' : 'examples'}${range}`,
    gained,
  );
}

function tile(name: string, value: string, note: string, gained: readonly Difference[] = []): Html {
  return html`<div><dt>${name}</dt><dd><strong>${value}</strong><span>${note}</span>${gained.map(({ text, isGain }) => html`<span class="${isGain ? 'gain' : 'lag'}">${text}</span>`)}</dd></div>`;
}

/** What the prompt is worth beside a baseline, in words; a gain only where the verdict tells the two apart. */
interface Difference {
  readonly text: string;
  readonly isGain: boolean;
}

/** How the prompt does beside the baselines on test. */
function differences(run: RunReport): Difference[] {
  const test = scoreOf(run, run.result?.best.test) ?? 0;
  const { empty, manual } = run.result?.baselines ?? {};
  const isCertain = run.result?.verdict?.better === 'yes' && run.result.found === undefined;
  const best = run.result?.best.prompt;
  return [
    ...(best === manual?.prompt.trim()
      ? []
      : differenceTo('the best hand-written prompt', test, scoreOf(run, manual?.test), isCertain)),
    ...(best === '' ? [] : differenceTo('no prompt', test, scoreOf(run, empty?.test), isCertain)),
  ];
}

function differenceTo(name: string, test: number, score: number | undefined, isCertain: boolean): Difference[] {
  if (score === undefined) return [];
  const size = scoreText(Math.abs(test - score));
  if (size === scoreText(0)) return [{ text: `the same as ${name}`, isGain: false }];
  return [
    test > score
      ? { text: `+${size} over ${name}`, isGain: isCertain }
      : { text: `${size} below ${name}`, isGain: false },
  ];
}
