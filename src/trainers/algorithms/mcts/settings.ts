import { defineTrainer } from '../../contract/trainer-definition.js';

export const mcts = defineTrainer({
  name: 'mcts',
  losses: ['none'],
  hasReplay: false,
  readsInputs: false,
  settings: {},
});
