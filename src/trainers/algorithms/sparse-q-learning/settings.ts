import { discountSettings, replaySettings } from '../../contract/shared-settings.js';
import { defineTrainer } from '../../contract/trainer-definition.js';

export const sparseQLearning = defineTrainer({
  name: 'sparse-q-learning',
  losses: ['sparse'],
  hasReplay: true,
  readsInputs: true,
  settings: { ...replaySettings, ...discountSettings },
  // At 1e-3 Q explodes. Sparsemax gives nothing to a token whose Q is 1 below the best: rewards five wide would leave
  // one prompt at once.
  defaults: { learningRate: 1e-4, rewardTo: [0, 1], resampling: 0 },
});
