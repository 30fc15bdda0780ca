import { defineTrainer } from '../../contract/trainer-definition.js';

export const hillClimb = defineTrainer({
  name: 'hill-climb',
  losses: ['none'],
  hasReplay: false,
  readsInputs: false,
  settings: {},
});
