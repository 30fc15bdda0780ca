import { defineTrainer } from '../../contract/trainer-definition.js';

export const random = defineTrainer({
  name: 'random',
  losses: ['none'],
  hasReplay: false,
  readsInputs: false,
  settings: {},
});
