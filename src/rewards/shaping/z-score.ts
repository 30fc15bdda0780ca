import { RlpromptError } from '../../errors.js';
import { mean } from '../../statistics/mean.js';
import { pick } from '../../statistics/pick.js';
import { zip } from '../../statistics/zip.js';

/** A group whose standard deviation is at most this is flat: it tells no prompt from another. */
export const FLAT_DEVIATION = 1e-6;

/**
 * (r − mean) / (sd + epsilon) within each group, with the population standard deviation (RLPrompt, arXiv 2205.12548, section
 * 2.4). A flat group, and so a group of one, gives zeros.
 *
 * @param rewards [n]
 * @param options.groups group of each reward, [n]; left out, all are one group
 * @param options.epsilon @default 1e-4
 * @throws RlpromptError E_REWARD_NONFINITE, E_REWARD_GROUPS
 */
export function zScore(
  rewards: readonly number[],
  { groups, epsilon = 1e-4 }: { groups?: readonly number[] | undefined; epsilon?: number } = {},
): number[] {
  const broken = rewards.findIndex((reward) => !Number.isFinite(reward));
  if (broken >= 0) {
    throw new RlpromptError({
      code: 'E_REWARD_NONFINITE',
      exit: 'internal',
      message: `reward ${broken} is ${rewards[broken]}, expected a finite number`,
      next: 'check the reward and its shaping',
    });
  }
  if (!groups) return standardise(rewards, epsilon);
  if (groups.length !== rewards.length) {
    throw new RlpromptError({
      code: 'E_REWARD_GROUPS',
      exit: 'internal',
      message: `${rewards.length} rewards came with ${groups.length} group numbers`,
      next: 'give one group number per reward',
    });
  }
  const scores = new Array<number>(rewards.length).fill(0);
  for (const members of indicesByGroup(groups)) {
    const standardised = standardise(pick(rewards, members), epsilon);
    for (const [index, score] of zip(members, standardised)) scores[index] = score;
  }
  return scores;
}

function indicesByGroup(groups: readonly number[]): Iterable<number[]> {
  const members = new Map<number, number[]>();
  for (const [index, group] of groups.entries()) {
    const known = members.get(group);
    if (known) known.push(index);
    else members.set(group, [index]);
  }
  return members.values();
}

function standardise(values: readonly number[], epsilon: number): number[] {
  // Divided by the largest size first, so that neither a sum nor a square of huge rewards overflows.
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const scaled = values.map((value) => value / scale);
  const centre = mean(scaled);
  const variance = mean(scaled.map((value) => (value - centre) ** 2));
  const deviation = Math.sqrt(variance);
  if (deviation * scale <= FLAT_DEVIATION) return values.map(() => 0);
  return scaled.map((value) => (value - centre) / (deviation + epsilon / scale));
}
