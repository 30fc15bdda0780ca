import type { CreateTrainer } from '../../contract/trainer-definition.js';
import { type PolicyRollout, PromptPolicy } from '../../policy/prompt-policy.js';
import { SampledSearch } from '../../search/sampled-search.js';
import type { bestOfN } from './settings.js';

/** How much hotter the LM is sampled each time it gave nothing new. */
const HEATING = 1.25;

/**
 * Samples of the frozen generator LM itself, none twice, and the best of them in the end: what learning has to beat that
 * starts from a language model. Where the LM has nothing new to say it is sampled hotter.
 */
export const create: CreateTrainer<typeof bestOfN> = async (generator, settings) => {
  const lm = await PromptPolicy.create(generator, settings, { maskedInLoss: true, frozen: true });
  return new SampledSearch(
    {
      name: 'best-of-n',
      stream: 'sampling',
      draw: ({ count, round }, rng) => lm.sample(count, rng, { temperature: settings.temperature * HEATING ** round }),
      entropyOf: (rollouts) => estimatedEntropy(rollouts as readonly PolicyRollout[]),
      rollout: (tokenIds) => lm.follow(tokenIds),
      first: () => lm.greedy(),
      dispose: async () => {
        await lm.dispose();
      },
    },
    settings.seed,
  );
};

/** A sample's mean −log p is an estimate of the entropy it was drawn with. */
function estimatedEntropy(rollouts: readonly PolicyRollout[]): number {
  const logProbs = rollouts.flatMap(({ trace }) => [...trace.samplingLogProbs]);
  return -logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length;
}
