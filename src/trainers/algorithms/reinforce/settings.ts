import * as z from 'zod';
import { settingsOf } from '../../../options/option.js';
import { discountSettings } from '../../contract/shared-settings.js';
import { defineTrainer } from '../../contract/trainer-definition.js';

const search = settingsOf('Search');

export const reinforce = defineTrainer({
  name: 'reinforce',
  losses: ['policy-gradient'],
  hasReplay: false,
  readsInputs: true,
  settings: {
    ...discountSettings,
    baseline: search.text(
      z.enum(['leave-one-out', 'none']).default('leave-one-out'),
      'KIND',
      'what a prompt’s reward is measured from: the mean of the step’s other prompts, or nothing',
    ),
    entropyWeight: search.number(
      z.number().min(0).default(0.01),
      'WEIGHT',
      'weight of the policy’s entropy in the loss',
    ),
  },
  defaults: { learningRate: 1e-3, rewardTo: [0, 5] },
});
