// Writes the mails a language model may be trained on, and those it must never see, as JSON lines: {label, text}.
// node models/train/export-corpus.js OUT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';

const out = process.argv[2];
if (out === undefined) throw new Error('usage: node models/train/export-corpus.js OUT');
const mails = await createJiti(import.meta.url).import('../../tasks/spam/mails.ts');
mkdirSync(out, { recursive: true });
for (const [name, list] of [['train', await mails.trainingMails()], ['held-out', await mails.heldOutMails()]]) {
  const lines = list.map(({ label, text }) => JSON.stringify({ label, text }));
  writeFileSync(join(out, `${name}.jsonl`), `${lines.join('\n')}\n`);
  const count = (label) => list.filter((mail) => mail.label === label).length;
  process.stdout.write(`${name}: ${count('ham')} ham, ${count('spam')} spam\n`);
}
