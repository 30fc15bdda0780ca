import { isUnsearched, promptKey, type RunResult } from '../events.js';
import { countOf } from '../group-digits.js';
import { howItStopped } from '../run/store/how-it-stopped.js';
import { shellWord } from '../shell-word.js';
import type { Span } from './draw/palette.js';
import { safeLine, safeText } from './draw/safe-text.js';
import { cutToWidth, fitToWidth } from './draw/text-width.js';
import { wrapText } from './draw/wrap-text.js';
import { formatDuration, formatScore, formatShare } from './format-values.js';
import { namePrompt, quote } from './run-log.js';
import { metricOf, type ScreenState } from './screen-state.js';

/**
 * What stays in the scrollback after a run: lines of spans, safe to print. Empty where there is nothing to say.
 *
 * @param asStarted puts the words with which the program was started before its commands
 */
export function finalSummary(state: ScreenState, columns = 80, asStarted = (text: string) => text): Span[][] {
  const lines = state.result
    ? resultLines(state.result, state, columns)
    : state.interrupted
      ? interruptedLines(state)
      : [];
  return lines.map((spans) => spans.map((span) => ({ ...span, text: safeText(asStarted(span.text)) })));
}

const NO_PROMPT_ABOVE =
  'Using no prompt scores higher on dev. It is ranked lower because margins count, too, and because what nobody wrote loses a standard error: rlprompt help order';

function isAbove(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one > other;
}

const REFIT =
  'Before the test, label words were chosen again on train and dev rows together, so test and dev scores use different label words.';

function resultLines(result: RunResult, state: ScreenState, columns: number): Span[][] {
  const metric = metricOf(state);
  const { best, found } = result;
  const { empty, manual, plain } = result.baselines;
  const { policy } = best;
  const chosen = { text: best.prompt, ...(policy ? { policy } : {}) };
  const hits = result.cacheHits / Math.max(1, result.forwards + result.cacheHits);
  // The steps that were asked for are the ordinary end.
  const end = result.stopReason === 'steps' ? '' : ` · ${howItStopped(result.stopReason)}`;
  const spent = `${countOf(result.steps, 'step')}, ${formatDuration(result.seconds)}, ${countOf(result.forwards, 'forward')}, ${formatShare(hits)} cache hits`;
  const testSize = best.test.n;
  const row = (name: string, dev: unknown, test: unknown, prompt: string, isBest = false): Span[] => [
    { text: fitToWidth(safeText(name), 14), style: isBest ? 'good' : 'plain' },
    { text: fitToWidth(safeText(formatScore(dev as number)), 9, 'right') },
    { text: fitToWidth(safeText(formatScore(test as number)), 9, 'right'), style: isBest ? 'strong' : 'plain' },
    {
      text: cutToWidth(prompt === '' ? safeText('') : safeLine`   ${prompt}`, Math.max(10, columns - 35)),
      style: isBest ? 'strong' : 'plain',
    },
  ];
  return [
    [{ text: safeLine`${result.task} · best after ${spent}${end}`, style: 'title' }],
    [],
    [
      {
        text: safeLine`  ${''.padEnd(14)}${`dev`.padStart(9)}${'test'.padStart(9)}   ${metric}${testSize === undefined ? '' : `, ${countOf(testSize, 'test example')}`}`,
        style: 'dim',
      },
    ],
    indent(row(nameOfOrigin(best.origin), best.dev[metric], best.test[metric], namePrompt(chosen), true)),
    ...(policy
      ? [indent(row('that one alone', policy.alone.dev[metric], policy.alone.test[metric], quote(chosen.text)))]
      : []),
    ...(found ? [indent(row('found', found.dev[metric], found.test[metric], quote(found.prompt)))] : []),
    ...(manual && manual.prompt.trim() !== best.prompt
      ? [indent(row('hand-written', manual.dev[metric], manual.test[metric], quote(manual.prompt)))]
      : []),
    ...(plain && plain.prompt !== best.prompt
      ? [indent(row('plain', plain.dev[metric], plain.test[metric], quote(plain.prompt)))]
      : []),
    ...(best.origin === 'empty' ? [] : [indent(row('no prompt', empty.dev[metric], empty.test[metric], ''))]),
    [],
    ...(result.verdict ? [...wrapped(result.verdict.sentence, columns - 2), []] : []),
    ...(state.prompts.some(({ text, refit }) => refit && text === best.prompt)
      ? [...wrapped(REFIT, columns - 2), []]
      : []),
    ...(isAbove(empty.dev[metric], best.dev[metric]) ? [...wrapped(NO_PROMPT_ABOVE, columns - 2), []] : []),
    [{ text: safeLine`  run folder    ${result.runDir}` }],
    [
      {
        text: safeLine`  next          rlprompt export ${shellWord(result.runDir)} --format ${policy ? 'csv' : 'json'}`,
      },
    ],
    ...(policy ? [[{ text: safeLine`                rlprompt eval DATA --policy ${shellWord(result.runDir)}` }]] : []),
    [{ text: safeLine`                rlprompt top ${shellWord(result.runDir)}` }],
  ];
}

function interruptedLines(state: ScreenState): Span[][] {
  const best = state.prompts.find((prompt) => promptKey(prompt) === state.bestKey);
  const score = best?.dev?.[metricOf(state)];
  const stopped = state.interrupted?.during
    ? safeLine`stopped in the final evaluation; ${state.step === 1 ? 'the step is' : `all ${state.step} steps are`} kept`
    : safeLine`stopped after step ${state.step}; everything up to it is saved`;
  return [
    [{ text: stopped, style: 'title' }],
    ...(best
      ? [[{ text: safeLine`  best so far   ${namePrompt(best)} (dev ${metricOf(state)} ${formatScore(score)})` }]]
      : []),
    [{ text: safeLine`  run folder    ${state.start?.runDir ?? ''}` }],
    [{ text: safeLine`  resume with   ${state.interrupted?.resumeCommand ?? ''}` }],
  ];
}

/** What the recommended prompt is, where the search found nothing better. */
function nameOfOrigin(origin: RunResult['best']['origin']): string {
  return origin !== undefined && isUnsearched({ origin }) ? 'recommended' : 'found';
}

/** A sentence over as many lines as it needs. */
function wrapped(sentence: string, width: number): Span[][] {
  return wrapText(sentence, width).map((line) => indent([{ text: safeText(line) }]));
}

function indent(spans: Span[]): Span[] {
  return [{ text: safeText('  ') }, ...spans];
}
