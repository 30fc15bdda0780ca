import type { PromptSummary } from '../events.js';
import { type SplitShares, splitShares, worthOf } from '../run/select/selection.js';
import { formatScore } from './format-values.js';
import { metricOf, type ScreenState } from './screen-state.js';

/** By what prompts are ordered; undefined where it is the metric alone. */
export function orderRule(
  metric: string,
  { select, hasMargin }: { readonly select: 'dev' | 'pooled'; readonly hasMargin: boolean },
): string | undefined {
  if (metric !== 'accuracy') return undefined;
  const margin = hasMargin ? ' + margin' : '';
  const score = select === 'pooled' ? `accuracy on train and dev together${margin}` : `accuracy${margin} on dev`;
  return `ordered by ${score}; less one standard error for prompts that no person wrote`;
}

/** Why a prompt stands where it does: `dev accuracy 0.906 + margin 0.778 − standard error 0.052 = 1.632`. */
export function orderOf(prompt: PromptSummary, state: ScreenState): string | undefined {
  const { select = 'dev', examples } = state.start ?? {};
  if (!prompt.dev || !examples) return undefined;
  return `${prompt.unreadable ? 'after all that read better; ' : ''}${sumText(prompt, metricOf(state), select, splitShares(select, examples))}`;
}

function sumText(prompt: PromptSummary, metric: string, select: 'dev' | 'pooled', shares: SplitShares): string {
  const { score, margin, error } = worthOf(prompt, metric, shares);
  const first = `${select === 'pooled' ? 'train and dev' : 'dev'} ${metric} ${formatScore(score)}`;
  const more = prompt.devMargin === undefined || metric !== 'accuracy' ? '' : ` + margin ${formatScore(margin)}`;
  const less = error === 0 ? '' : ` − standard error ${formatScore(error)}`;
  // Of the figures as they are shown, so that it adds up.
  const sum = Number(formatScore(score)) + Number(formatScore(margin)) - Number(formatScore(error));
  return more === '' && less === '' ? first : `${first}${more}${less} = ${sum.toFixed(3)}`;
}
