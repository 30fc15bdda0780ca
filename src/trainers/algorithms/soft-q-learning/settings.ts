import * as z from 'zod';
import { settingsOf } from '../../../options/option.js';
import { positive } from '../../../options/value-schemas.js';
import { resamplingSettings } from '../../contract/shared-settings.js';
import { defineTrainer } from '../../contract/trainer-definition.js';

const search = settingsOf('Search');

export const softQLearning = defineTrainer({
  name: 'soft-q-learning',
  losses: ['both', 'single-step', 'multi-step'],
  hasReplay: false,
  readsInputs: true,
  settings: {
    ...resamplingSettings,
    polyak: search.number(
      positive.max(1).default(0.001),
      'SHARE',
      'share of the new parameters that enters the target network each step',
    ),
    valueLevel: search.text(
      z.enum(['target', 'batch']).default('target'),
      'FROM',
      'where the level of V comes from: the target network, or the mean over the batch',
    ),
  },
  defaults: { learningRate: 1e-3, rewardTo: [0, 5], resampling: 0 },
});
