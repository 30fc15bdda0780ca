import { tokenize13a } from './tokenize-13a.js';

const ORDERS = [1, 2, 3, 4] as const;

/** What BLEU counts; the statistics of a corpus are the sums of those of its segments. */
interface BleuStatistics {
  /** By n-gram order: n-grams of the hypothesis that a reference has too, clipped. */
  readonly matches: readonly number[];
  /** By n-gram order: n-grams of the hypothesis. */
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  /** Length of the reference nearest in length, the shorter of two. */
  readonly referenceLength: number;
}

/**
 * Corpus BLEU, 0 to 100 (Papineni et al. 2002, eq. 1 to 3), with 13a tokens and exponential smoothing: the numbers of
 * sacreBLEU's defaults.
 *
 * @param hypotheses [n]
 * @param references [n][references of the segment]
 */
export function corpusBleu(hypotheses: readonly string[], references: readonly (readonly string[])[]): number {
  return bleuOf(addStatistics(hypotheses.map((text, i) => bleuStatistics(text, references[i] ?? []))));
}

/** The counts of one segment. */
function bleuStatistics(hypothesis: string, references: readonly string[]): BleuStatistics {
  const tokens = tokenize13a(hypothesis);
  const others = references.map(tokenize13a);
  const counts = ORDERS.map((order) => {
    const own = ngrams(tokens, order);
    const known = others.map((other) => ngrams(other, order));
    const matches = [...own].map(([gram, n]) =>
      Math.min(n, Math.max(0, ...known.map((grams) => grams.get(gram) ?? 0))),
    );
    return { matches: sum(matches), total: sum([...own.values()]) };
  });
  return {
    matches: counts.map(({ matches }) => matches),
    totals: counts.map(({ total }) => total),
    hypothesisLength: tokens.length,
    referenceLength: nearestLength(
      tokens.length,
      others.map((other) => other.length),
    ),
  };
}

function addStatistics(segments: readonly BleuStatistics[]): BleuStatistics {
  return {
    matches: ORDERS.map((_, i) => sum(segments.map(({ matches }) => matches[i]!))),
    totals: ORDERS.map((_, i) => sum(segments.map(({ totals }) => totals[i]!))),
    hypothesisLength: sum(segments.map(({ hypothesisLength }) => hypothesisLength)),
    referenceLength: sum(segments.map(({ referenceLength }) => referenceLength)),
  };
}

function bleuOf({ matches, totals, hypothesisLength, referenceLength }: BleuStatistics): number {
  if (matches.every((count) => count === 0) || totals.includes(0)) return 0;
  let halvings = 1;
  const logs = totals.map((total, i) => {
    if (matches[i]! > 0) return Math.log((100 * matches[i]!) / total);
    // Exponential smoothing: each further order without a match counts as half of the match before it.
    halvings *= 2;
    return Math.log(100 / (halvings * total));
  });
  const brevity = hypothesisLength < referenceLength ? Math.exp(1 - referenceLength / hypothesisLength) : 1;
  return brevity * Math.exp(sum(logs) / ORDERS.length);
}

function ngrams(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const gram = tokens.slice(start, start + order).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function nearestLength(length: number, lengths: readonly number[]): number {
  const distance = (other: number): number => Math.abs(other - length);
  return [...lengths].sort((a, b) => distance(a) - distance(b) || a - b)[0] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
