import type { RunConfig } from '../config/run-config.js';
import { defaultLearningRate } from '../trainers/learning-rate.js';
import type { Generator } from '../trainers/settings.js';

export type TunedConfig = RunConfig & { readonly learningRate: number };

/** The settings with those filled in that suit the generator LM where none were given. */
export function tunedTo({ hiddenStates }: Generator, config: RunConfig): TunedConfig {
  return { ...config, learningRate: config.learningRate ?? defaultLearningRate(hiddenStates.hiddenSize) };
}
