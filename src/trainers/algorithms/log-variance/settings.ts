import { replaySettings } from '../../contract/shared-settings.js';
import { defineTrainer } from '../../contract/trainer-definition.js';

export const logVariance = defineTrainer({
  name: 'log-variance',
  losses: ['log-variance'],
  hasReplay: true,
  readsInputs: true,
  settings: replaySettings,
});
