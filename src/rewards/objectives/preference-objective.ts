import { stateSourceOf } from '../../preferences/pooled-states.js';
import { readRewardModel, requireSameLm, rewardModelDigest, rewardsOf } from '../../preferences/reward-model.js';
import type { ObjectiveKind } from './contract/objective-kind.js';

/** How far beyond the rewards of the ranked texts the range reaches on each side, as a share of their span. */
const MARGIN = 0.5;

/**
 * What people prefer: the reward of a prompt's text by a reward model fitted to rankings (`rlprompt preferences fit`).
 * Rewards beyond the range are cut off: out there the model extrapolates, and a search would exploit that.
 */
export const preferenceObjective: ObjectiveKind = {
  refusal: (_, { rewardModel }) => {
    if (rewardModel === undefined)
      return 'the objective preference needs a reward model: name its file with --reward-model';
    readRewardModel(rewardModel);
    return undefined;
  },
  create: ({ generator, settings }) => {
    const model = readRewardModel(settings.rewardModel ?? '');
    requireSameLm(model, generator);
    const [low, high] = model.range;
    const margin = MARGIN * Math.max(high - low, 1e-6);
    const range = [low - margin, high + margin] as const;
    const known = new Map<string, number>();
    return {
      name: 'preference',
      range,
      readsOutputs: false,
      digest: rewardModelDigest(model),
      score: async (items) => {
        const fresh = [...new Set(items.map(({ text }) => text))].filter((text) => !known.has(text));
        const rewards = await rewardsOf(model, stateSourceOf(generator), fresh);
        fresh.forEach((text, i) => {
          known.set(text, Math.min(range[1], Math.max(range[0], rewards[i] ?? 0)));
        });
        return items.map(({ text }) => known.get(text) ?? 0);
      },
    };
  },
};
