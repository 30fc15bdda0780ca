import type { RunConfig } from '../../config/run-config.js';
import type { HiddenStatesCapability } from '../../lm/model/types.js';
import { defaultLearningRate } from '../../trainers/policy/learning-rate.js';

/** The settings with those filled in that suit the generator LM where none were given. */
export function tunedTo<Settings extends Pick<RunConfig, 'learningRate'>>(
  { hiddenStates }: { readonly hiddenStates: Pick<HiddenStatesCapability, 'hiddenSize'> },
  config: Settings,
): Settings & { readonly learningRate: number } {
  return { ...config, learningRate: config.learningRate ?? defaultLearningRate(hiddenStates.hiddenSize) };
}
