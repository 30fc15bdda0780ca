import type { RewardModel } from '../../src/preferences/reward-model.js';

/** Of two features; every number is as it could be fitted. */
export const SMALL_REWARD_MODEL: RewardModel = {
  schemaVersion: 1,
  kind: 'reward-model',
  lm: 'm',
  lmDigest: 'd',
  centre: [0, 1],
  scale: [1, 0.5],
  weights: [0.5, 1],
  offset: 0,
  range: [-1, 1],
  rankings: 3,
  heldOut: { accuracy: 0.5, pairs: 4, rankings: 3, sets: 3 },
};
