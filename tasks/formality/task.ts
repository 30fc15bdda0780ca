import { defineTask } from '../../src/index.js';

export default defineTask({
  name: 'formality',
  kind: 'style-transfer',
  description: 'Rewrites an informal message formally and keeps what it says (needs --content-model).',
  verbalizer: { informal: 'casual', formal: 'formal' },
  manualPrompts: ['Rewrite this message in formal English:', 'Informal and formal:'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
});
