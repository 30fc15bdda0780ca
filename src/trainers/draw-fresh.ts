import type { PolicyRollout } from './prompt-policy.js';

/**
 * `count` samples of a policy; those known before, or drawn twice, are drawn again up to `redraws` times, to spend
 * forwards on new prompts. Only for losses that hold off-policy: it is no sample of the policy any more.
 */
export async function drawFresh(
  count: number,
  redraws: number,
  sample: (count: number) => Promise<PolicyRollout[]>,
  isKnown: (tokenIds: readonly number[]) => boolean,
): Promise<PolicyRollout[]> {
  const fresh = new Map<string, PolicyRollout>();
  let spare: PolicyRollout[] = [];
  for (let draw = 0; draw <= redraws && fresh.size < count; draw++) {
    const rollouts = await sample(count);
    const unseen = rollouts.filter(({ tokenIds }) => !isKnown(tokenIds));
    for (const rollout of unseen) if (fresh.size < count) fresh.set(rollout.tokenIds.join(' '), rollout);
    if (draw === 0) spare = rollouts.filter((rollout) => fresh.get(rollout.tokenIds.join(' ')) !== rollout);
  }
  return [...fresh.values(), ...spare].slice(0, count);
}
