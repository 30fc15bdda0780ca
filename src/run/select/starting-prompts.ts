import { zip } from '../../statistics/zip.js';
import type { Task } from '../../task/types.js';

type WrittenPrompts = Pick<Task, 'manualPrompts'>;

/** Prompts that fit any task: words that tell labels apart with many prompts do so with those to come. */
export const PLAIN_PROMPTS = ['This is', 'It is about', 'In summary, it is', 'Category:'];

/** What a search is measured against: no prompt, and the hand-written ones. */
export function baselinePrompts({ manualPrompts }: WrittenPrompts): string[] {
  return ['', ...manualPrompts.map((prompt) => prompt.trim())];
}

/** Those that compete although nobody gave them: without a hand-written prompt a search has only the empty one to beat. */
export function plainCandidates({ manualPrompts }: WrittenPrompts): readonly string[] {
  return manualPrompts.length === 0 ? PLAIN_PROMPTS : [];
}

/** The baselines and the plain prompts, each once. */
export function startingPrompts(task: WrittenPrompts): string[] {
  return [...new Set([...baselinePrompts(task), ...PLAIN_PROMPTS])];
}

/** The baseline with the highest accuracy, the first of equals. */
export function bestBaseline(
  task: WrittenPrompts,
  prompts: readonly string[],
  accuracies: readonly number[],
): { readonly prompt: string; readonly score: number } {
  const accuracy = new Map(zip(prompts, accuracies));
  const scored = baselinePrompts(task).map((prompt) => ({ prompt, score: accuracy.get(prompt) ?? 0 }));
  return scored.reduce((best, one) => (one.score > best.score ? one : best));
}
