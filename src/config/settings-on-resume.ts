import type { RunConfigKey } from './run-config.js';

/** Settings that decide when a run ends. A finished one is resumed where they have changed. */
export const LIMIT_SETTINGS: readonly RunConfigKey[] = [
  'steps',
  'forwards',
  'minutes',
  'maxTokens',
  'maxCost',
  'maxRequests',
  'price',
  'patience',
  'targetScore',
];

/** Settings that decide where and how a run computes, not what. */
export const PLACE_SETTINGS: readonly RunConfigKey[] = [
  'offline',
  'queue',
  'endpointTimeout',
  'endpointConcurrency',
  'batchSize',
  'maxMemory',
  'rewardTimeout',
  'maxRewardErrors',
];
