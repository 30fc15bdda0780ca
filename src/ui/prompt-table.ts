import { type PromptSummary, promptKey } from '../events.js';
import { isNumber } from './format-values.js';

const CAPACITY = 50;

/** How much the numbers of a split count when prompts are ranked: the number of its examples. */
export interface SplitSizes {
  readonly train: number;
  readonly dev: number;
}

/**
 * The table with newer numbers: one row a text, best first by the metric pooled over train and dev, then by reward.
 * Prompts the user typed are never dropped.
 */
export function mergePrompts(
  table: readonly PromptSummary[],
  prompts: readonly PromptSummary[],
  metric: string,
  sizes: SplitSizes,
): readonly PromptSummary[] {
  const byKey = new Map(table.map((prompt) => [promptKey(prompt), prompt]));
  for (const prompt of prompts) byKey.set(promptKey(prompt), { ...byKey.get(promptKey(prompt)), ...prompt });
  const score = (prompt: PromptSummary): number => pooled(prompt.train[metric], prompt.dev?.[metric], sizes);
  const reward = (prompt: PromptSummary): number => pooled(prompt.reward, prompt.devReward, sizes);
  const ranked = [...byKey.values()].sort((a, b) => score(b) - score(a) || reward(b) - reward(a) || a.step - b.step);
  return ranked.filter((prompt, rank) => rank < CAPACITY || prompt.origin === 'user');
}

/** A prompt that was not scored on dev ranks by its train numbers alone. */
function pooled(train: number | undefined, dev: number | undefined, sizes: SplitSizes): number {
  const parts = [
    { value: train, size: sizes.train },
    { value: dev, size: sizes.dev },
  ];
  const known = parts.filter(({ value, size }) => isNumber(value) && size > 0);
  const total = known.reduce((sum, { size }) => sum + size, 0);
  return total === 0
    ? -Number.MAX_VALUE
    : known.reduce((sum, { value, size }) => sum + (value as number) * size, 0) / total;
}
