import { defineTask } from '../../src/index.js';

export default defineTask({
  name: 'topic',
  kind: 'classification',
  description: 'Which section of a newspaper does a sentence belong to: world, sports, business or technology?',
  verbalizer: { world: 'world', sports: 'sports', business: 'business', technology: 'technology' },
  manualPrompts: [
    'Topic:',
    'This news is about',
    'Section of the newspaper:',
    'Category:',
    'The subject of this text is',
  ],
  examples: { train: 'train.csv', dev: 'dev.csv', test: 'test.csv' },
});
