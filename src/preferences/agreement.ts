import { preferencesOf, type Ranking } from './ranking.js';

export interface Agreement {
  /** Pairs of texts that at least two raters put in an order. */
  readonly pairs: number;
  /** Share of comparisons of two raters that agree, or undefined where no pair was ranked twice. */
  readonly share: number | undefined;
  /** Pairs on which raters, or one rater at two times, disagree. */
  readonly contradictions: number;
}

/** How far raters agree: over all pairs of texts that were ordered more than once, and all pairs of their orders. */
export function agreementOf(rankings: readonly Ranking[]): Agreement {
  const votes = new Map<string, { forwards: number; backwards: number }>();
  for (const { context, chosen, rejected } of rankings.flatMap(preferencesOf)) {
    const isForwards = chosen < rejected;
    const key = JSON.stringify([context, ...(isForwards ? [chosen, rejected] : [rejected, chosen])]);
    const vote = votes.get(key) ?? { forwards: 0, backwards: 0 };
    votes.set(key, {
      forwards: vote.forwards + (isForwards ? 1 : 0),
      backwards: vote.backwards + (isForwards ? 0 : 1),
    });
  }
  const repeated = [...votes.values()].filter(({ forwards, backwards }) => forwards + backwards > 1);
  const compared = repeated.reduce((sum, { forwards: a, backwards: b }) => sum + choose2(a + b), 0);
  const agreed = repeated.reduce((sum, { forwards: a, backwards: b }) => sum + choose2(a) + choose2(b), 0);
  return {
    pairs: repeated.length,
    share: compared === 0 ? undefined : agreed / compared,
    contradictions: repeated.filter(({ forwards, backwards }) => forwards > 0 && backwards > 0).length,
  };
}

function choose2(n: number): number {
  return (n * (n - 1)) / 2;
}
