import type { Generator, TrainerSettings } from '../contract/settings.js';
import type { Trainer } from '../contract/types.js';
import { SampledSearch } from '../search/sampled-search.js';
import { SearchSpace } from '../search/search-space.js';

/** Prompts of tokens drawn uniformly from the allowed ones, none twice: what every other trainer has to beat. */
export async function createRandomSearch(generator: Generator, settings: TrainerSettings): Promise<Trainer> {
  const space = SearchSpace.create(generator, settings);
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
}
