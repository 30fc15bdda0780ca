import { defineTask } from '../../src/index.js';
import { heldOutMails } from './mails.js';
import { splitMails } from './split.js';

export default defineTask({
  name: 'spam',
  kind: 'classification',
  description: 'Is a mail spam? The beginnings of real mails, read by the next word after the prompt.',
  verbalizer: { ham: 'question', spam: 'opportunity' },
  manualPrompts: [
    'This mail is about',
    'The writer of this message has a',
    'This person wants',
    'Is this spam? It looks like',
    'Category:',
  ],
  examples: async (options) => splitMails(await heldOutMails(), options),
});
