import { defineTask } from '../../src/index.js';
import { heldOutMails } from './mails.js';
import { splitMails } from './split.js';

export default defineTask({
  name: 'spam',
  kind: 'classification',
  description: 'Is a mail spam? The beginnings of real mails, read by the next word after the prompt.',
  verbalizer: { ham: 'question', spam: 'business' },
  manualPrompts: [
    'This message is about',
    'The subject of this mail is',
    'In short, it is about',
    'Topic:',
    'What does the writer want? It is about',
  ],
  examples: (options) => splitMails(heldOutMails(), options),
});
