import { z } from 'zod';
import { plainIssue } from '../plain-issue.js';

/** Who ranked lines that do not say it: perhaps many people. */
const UNKNOWN_RATER = 'unknown';

const text = z.string().min(1);

/** One person's, or one judge's, order of 2 to 9 texts. */
export interface Ranking {
  /** What the texts answer: an input, a task; '' where they answer nothing in particular. */
  readonly context: string;
  readonly items: readonly string[];
  /** Positions in `items`, best first; positions in one group are tied. Each position occurs once. */
  readonly order: readonly (readonly number[])[];
  /** Who ranked them. */
  readonly rater: string;
  readonly note?: string | undefined;
}

/** A text preferred to another. */
export interface Preference {
  readonly context: string;
  readonly chosen: string;
  readonly rejected: string;
}

export const MIN_ITEMS = 2;
export const MAX_ITEMS = 9;

const rankingLine = z
  .object({
    context: z.string().default(''),
    items: z.array(text).min(MIN_ITEMS).max(MAX_ITEMS),
    order: z.array(z.array(z.number().int().nonnegative()).min(1)).min(1),
    rater: z.string().min(1).default(UNKNOWN_RATER),
    note: z.string().optional(),
  })
  .refine(({ items, order }) => isPermutation(order.flat(), items.length), {
    message: 'order must name each position of items once',
  })
  .refine(({ items }) => new Set(items).size === items.length, { message: 'a text occurs twice among items' });

/** The form of public preference sets. */
const pairLine = z
  .object({
    prompt: z.string().default(''),
    chosen: text,
    rejected: text,
    rater: z.string().min(1).default(UNKNOWN_RATER),
  })
  .refine(({ chosen, rejected }) => chosen !== rejected, { message: 'chosen and rejected are the same text' })
  .transform(({ prompt, chosen, rejected, rater }) => ({
    context: prompt,
    items: [chosen, rejected],
    order: [[0], [1]],
    rater,
  }));

/**
 * Reads one parsed JSON line: a ranking, or a pair of `chosen` and `rejected`.
 * @returns the ranking, or what is wrong with the line
 */
export function readRanking(value: unknown): Ranking | { problem: string } {
  const isPair = typeof value === 'object' && value !== null && 'chosen' in value;
  const parsed = (isPair ? pairLine : rankingLine).safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { problem: issue ? plainIssue(issue, 'the line') : 'not a ranking' };
}

/** All pairs of a ranking in which one text is preferred to the other; ties give none. */
export function pairsOf({ order }: Ranking): (readonly [better: number, worse: number])[] {
  return order.flatMap((group, place) =>
    group.flatMap((better) =>
      order
        .slice(place + 1)
        .flat()
        .map((worse) => [better, worse] as const),
    ),
  );
}

/** The same preferences as pairs of texts, as public preference sets hold them. */
export function preferencesOf(ranking: Ranking): Preference[] {
  const { context, items } = ranking;
  return pairsOf(ranking).flatMap(([better, worse]) => {
    const [chosen, rejected] = [items[better], items[worse]];
    return chosen === undefined || rejected === undefined ? [] : [{ context, chosen, rejected }];
  });
}

function isPermutation(positions: readonly number[], count: number): boolean {
  return positions.length === count && new Set(positions).size === count && positions.every((p) => p < count);
}

/** What identifies a set of texts, whatever the order they were shown in. */
export function setKey({ context, items }: Pick<Ranking, 'context' | 'items'>): string {
  return JSON.stringify([context, [...items].sort()]);
}

/** What identifies a set of texts for one rater. */
export function raterSetKey({ rater, ...set }: Pick<Ranking, 'context' | 'items' | 'rater'>): string {
  return JSON.stringify([rater, setKey(set)]);
}

/** Only the last ranking of each set by each named rater: ranking a set again replaces what was said before. */
export function latestRankings(rankings: readonly Ranking[]): Ranking[] {
  const keyOf = (ranking: Ranking, line: number): string =>
    ranking.rater === UNKNOWN_RATER ? String(line) : raterSetKey(ranking);
  return [...new Map(rankings.map((ranking, line) => [keyOf(ranking, line), ranking])).values()];
}
