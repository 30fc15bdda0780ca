import * as z from 'zod';
import { settingsOf } from '../../../options/option.js';
import { count, positive } from '../../../options/value-schemas.js';
import { discountSettings } from '../../contract/shared-settings.js';
import { defineTrainer } from '../../contract/trainer-definition.js';

const search = settingsOf('Search');

export const ppo = defineTrainer({
  name: 'ppo',
  losses: ['ppo-clip'],
  hasReplay: false,
  readsInputs: true,
  settings: {
    ...discountSettings,
    innerEpochs: search.number(count.max(100).default(4), 'N', 'passes over the prompts of a step'),
    ppoClip: search.number(positive.max(1).default(0.2), 'EPSILON', 'how far a ratio may leave 1'),
    klWeight: search.number(
      z.number().min(0).default(0.1),
      'WEIGHT',
      'weight of the policy’s divergence from the generator LM',
    ),
    klIn: search.text(
      z.enum(['loss', 'reward']).default('loss'),
      'WHERE',
      'where that divergence counts: in the loss, over all tokens, or in the reward of each token that was drawn',
    ),
    ptx: search.text(
      z.array(z.string().min(1)).min(2).optional(),
      'FILE',
      'texts that the policy is to keep writing, one per line',
      { path: true, exclusive: true },
    ),
    ptxWeight: search.number(
      z.number().min(0).default(1),
      'WEIGHT',
      'weight of the mean log-probability of a token of those texts in the loss',
    ),
    criticWarmup: search.number(z.int().min(0).default(2), 'N', 'first steps in which only the critic learns'),
    actions: search.text(
      z.array(z.string().min(1)).min(2).optional(),
      'FILE',
      'phrases to choose from, one per line, in place of free tokens',
      { path: true, exclusive: true },
    ),
  },
  // At 1e-3 one epoch takes the policy 10 nats away.
  defaults: { learningRate: 1e-4, rewardTo: [0, 5] },
});
