import { diagonalFisher } from '../../policy/fisher.js';
import type { MlpParameters } from '../../policy/parameters/mlp-parameters.js';
import { Rng } from '../../random/rng.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';
import { inputsOf } from './draw-fresh.js';
import { PromptPolicy } from './prompt-policy.js';
import { stackRollouts } from './stack-rollouts.js';

/** Prompts drawn for an estimate, each with a gradient of its own. */
const SAMPLES = 256;
const AT_ONCE = 32;

/**
 * The diagonal Fisher information of a policy on its task, from prompts drawn from the whole policy: no top-k, no
 * temperature. No prompt is scored.
 *
 * @param settings those of the task, with the policy as `start`
 * @param inputs what the policy reads, where it reads inputs
 */
export async function sampleFisher(
  generator: Generator,
  settings: TrainerSettings,
  inputs: readonly string[] = [],
): Promise<MlpParameters> {
  const whole = { ...settings, topK: 0, topP: 1, temperature: 1, fluentTopK: undefined };
  const policy = await PromptPolicy.create(generator, whole, { maskedInLoss: true });
  const rng = Rng.create(settings.seed, 'fisher');
  try {
    const rollouts = [];
    while (rollouts.length < SAMPLES) {
      const rows = Array.from({ length: AT_ONCE }, (_, i) => (rollouts.length + i) % Math.max(1, inputs.length));
      const read = inputs.length === 0 ? undefined : inputsOf(rows, { inputs });
      rollouts.push(...(await policy.sample(AT_ONCE, rng, { inputs: read })));
    }
    const prompts = rollouts.map((rollout) => ({
      ...stackRollouts([rollout], policy.ends),
      // Only a token that was given, or that had no alternative, has a log-probability of exactly 0.
      weights: Array.from(rollout.trace.samplingLogProbs, (logProb) => (logProb === 0 ? 0 : 1)),
    }));
    return await diagonalFisher(policy.head, prompts);
  } finally {
    await policy.dispose();
  }
}
