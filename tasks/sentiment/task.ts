import { defineTask } from '../../src/index.js';

export default defineTask({
  name: 'sentiment',
  kind: 'classification',
  description: 'Is an opinion in one or two sentences negative or positive?',
  verbalizer: { negative: 'terrible', positive: 'great' },
  manualPrompts: ['It was', 'All in all, it was', 'In short, the experience was', 'My verdict:', 'Sentiment:'],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
});
