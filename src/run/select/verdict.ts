import type { Verdict } from '../../events.js';
import { pairedInterval } from '../../statistics/paired-interval.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluation, TaskKind } from '../../task/types.js';

interface Compared {
  readonly kind: TaskKind;
  /** The found prompt, or policy, on the test examples. */
  readonly found: Evaluation;
  /** The best baseline on the same. */
  readonly rival: Evaluation;
}

/**
 * Whether what was found beats the best baseline, by their paired difference on each test example.
 * @param baseline the text of the rival
 * @param options.rivalWon the rival ranks higher on dev, so it is what the run recommends
 * @returns undefined where single examples have no reward
 */
export function judgeFound(
  { kind, found, rival }: Compared,
  baseline: string,
  { rivalWon }: { readonly rivalWon: boolean },
): Verdict | undefined {
  if (!found.exampleRewards || !rival.exampleRewards) return undefined;
  const isRight = kind === 'classification';
  const worthOf = (reward: number): number => (isRight ? Number(reward > 0) : reward);
  const rivals = rival.exampleRewards;
  const differences = Array.from(zip(found.exampleRewards, rivals), ([own, other]) => worthOf(own) - worthOf(other));
  const { mean: difference, interval } = pairedInterval(differences, { ofShares: isRight });
  const better = interval[0] > 0 ? 'yes' : interval[1] <= 0 ? 'no' : 'cannot-tell';
  const verdict = {
    better,
    baseline,
    difference,
    interval,
    measure: isRight ? 'accuracy' : 'reward',
    n: differences.length,
  } as const;
  return { ...verdict, sentence: sentenceOf(verdict, rivalWon) };
}

function sentenceOf(
  { better, baseline, difference, interval, measure, n }: Omit<Verdict, 'sentence'>,
  rivalWon: boolean,
): string {
  const rival = baseline === '' ? 'no prompt' : `the best-ranked baseline “${baseline}”`;
  const numbers = `${signed(difference)} ${measure}, 95 % interval ${interval.map(signed).join(' to ')}`;
  const choice = rivalWon ? ' The baseline ranks higher on dev, so it is recommended.' : '';
  if (better === 'cannot-tell') {
    return `Cannot tell with ${n} test rows whether the found prompt is better than ${rival} (${numbers}).${choice || ' It ranks first on dev, so it is recommended.'}`;
  }
  const is = better === 'yes' ? 'is better' : interval[1] < 0 ? 'is worse' : 'is not better';
  return `The found prompt ${is} than ${rival} on ${n} test rows (${numbers}).${choice}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
