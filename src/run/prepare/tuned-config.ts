import type { RunConfig } from '../../config/run-config.js';
import type { HiddenStatesCapability } from '../../lm/model/types.js';
import { defaultLearningRate } from '../../trainers/policy/learning-rate.js';

export type TunedConfig = RunConfig & { readonly learningRate: number };

/** The settings with those filled in that suit the generator LM where none were given. */
export function tunedTo(
  { hiddenStates }: { readonly hiddenStates: Pick<HiddenStatesCapability, 'hiddenSize'> },
  config: RunConfig,
): TunedConfig {
  return { ...config, learningRate: config.learningRate ?? defaultLearningRate(hiddenStates.hiddenSize) };
}
