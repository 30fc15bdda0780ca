import { type PromptSummary, promptKey } from '../../events.js';
import { compareCandidates, type SplitShares } from '../../run/select/selection.js';

const CAPACITY = 50;

/**
 * The table with newer numbers: one row a text, in the order in which prompts are chosen. Prompts the user typed are never dropped.
 */
export function mergePrompts(
  table: readonly PromptSummary[],
  prompts: readonly PromptSummary[],
  metric: string,
  shares: SplitShares,
): readonly PromptSummary[] {
  const byKey = new Map(table.map((prompt) => [promptKey(prompt), prompt]));
  for (const prompt of prompts) byKey.set(promptKey(prompt), { ...byKey.get(promptKey(prompt)), ...prompt });
  const ranked = [...byKey.values()].sort((a, b) => compareCandidates(a, b, metric, shares));
  return ranked.filter((prompt, rank) => rank < CAPACITY || prompt.origin === 'user');
}
