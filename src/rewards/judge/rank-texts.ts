import type { Judge } from './judge-model.js';
import { defaultRubric, PAIR_WORDS, pairQuestion } from './judge-questions.js';
import { preferenceOf } from './soft-answers.js';

/**
 * A judge's order of texts, best first: every pair is asked in both orders, and a text's place is its sum of winning
 * probabilities. Texts with equal sums are tied. A pair that the judge does not answer counts as a tie.
 */
export async function rankByJudge(judge: Judge, items: readonly string[], signal?: AbortSignal): Promise<number[][]> {
  const frame = { kind: 'prompt', rubric: defaultRubric('prompt') } as const;
  const pairs = items.flatMap((_, first) => items.slice(first + 1).map((_, i) => [first, first + 1 + i] as const));
  const questionOf = (first: number, second: number): string =>
    pairQuestion(frame, { text: items[first] ?? '' }, { text: items[second] ?? '' });
  const questions = pairs.flatMap(([a, b]) => [questionOf(a, b), questionOf(b, a)]);
  const answers = await judge.ask(questions, PAIR_WORDS, signal);
  const firstWins = answers.map((answer) => ('probabilities' in answer ? (answer.probabilities[0] ?? 0.5) : 0.5));
  const wins = new Array<number>(items.length).fill(0);
  pairs.forEach(([a, b], i) => {
    const { p } = preferenceOf(firstWins[2 * i] ?? 0.5, firstWins[2 * i + 1] ?? 0.5);
    wins[a] = (wins[a] ?? 0) + p;
    wins[b] = (wins[b] ?? 0) + 1 - p;
  });
  const sums = [...new Set(wins)].sort((x, y) => y - x);
  return sums.map((sum) => [...items.keys()].filter((i) => wins[i] === sum));
}
