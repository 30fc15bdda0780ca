import { defineTrainer } from '../../contract/trainer-definition.js';

export const editSearch = defineTrainer({
  name: 'edit-search',
  losses: ['none'],
  hasReplay: false,
  readsInputs: false,
  settings: {},
});
