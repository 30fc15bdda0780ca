import { defineTrainer } from '../../contract/trainer-definition.js';

export const bestOfN = defineTrainer({
  name: 'best-of-n',
  losses: ['none'],
  hasReplay: false,
  readsInputs: false,
  settings: {},
});
