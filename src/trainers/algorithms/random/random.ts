import type { CreateTrainer } from '../../contract/trainer-definition.js';
import { SampledSearch } from '../../search/sampled-search.js';
import { SearchSpace } from '../../search/search-space.js';
import type { random } from './settings.js';

/** Prompts of tokens drawn uniformly from the allowed ones, none twice: what every other trainer has to beat. */
export const create: CreateTrainer<typeof random> = async (generator, settings) => {
  const space = await SearchSpace.create(generator, settings);
  return new SampledSearch(
    {
      name: 'random',
      stream: 'search',
      draw: async ({ missing }, rng) => Array.from({ length: missing }, () => space.rollout(space.randomPrompt(rng))),
      entropyOf: () => space.tokenEntropy,
      rollout: async (tokenIds) => space.rollout(tokenIds),
      first: async () => space.rollout(space.firstPrompt()),
      dispose: async () => {},
    },
    settings.seed,
  );
};
