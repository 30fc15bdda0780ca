import { createHash } from 'node:crypto';
import { type ExampleSource, RlpromptError } from '../../src/index.js';
import type { Mail, MailLabel } from './mails.js';
import { copyFinder, cutText } from './text.js';

const LABELS: readonly MailLabel[] = ['ham', 'spam'];
const TEST_PER_LABEL = 175;

export interface SpamExamples {
  train: ExampleSource[];
  dev: ExampleSource[];
  test: ExampleSource[];
}

/**
 * Splits held-out mails: the same balanced test set for every seed, and `shots` mails a label for train and for dev,
 * drawn by the seed from what is left after near-duplicates of test mails are out.
 */
export function splitMails(mails: readonly Mail[], { seed, shots }: { seed: number; shots: number }): SpamExamples {
  const test = LABELS.flatMap((label) => mails.filter((mail) => mail.label === label).slice(0, TEST_PER_LABEL));
  const pool = shuffled(unlike(test, mails), seed);
  const split: SpamExamples = { train: [], dev: [], test: shuffled(test, 0).map(example) };
  for (const label of LABELS) {
    const own = pool.filter((mail) => mail.label === label);
    if (own.length < 2 * shots) throw tooManyShots(label, shots, Math.floor(own.length / 2));
    split.train.push(...own.slice(0, shots).map(example));
    split.dev.push(...own.slice(shots, 2 * shots).map(example));
  }
  return split;
}

function example({ text, label }: Mail): ExampleSource {
  return { text: cutText(text), label };
}

function unlike(test: readonly Mail[], mails: readonly Mail[]): Mail[] {
  const isCopy = copyFinder(test.map((mail) => cutText(mail.text)));
  return mails.filter((mail) => !isCopy(cutText(mail.text)));
}

function shuffled(mails: readonly Mail[], seed: number): Mail[] {
  const rank = (mail: Mail) => createHash('sha256').update(`${seed}:${mail.id}`).digest('hex');
  const ranked = mails.map((mail) => ({ mail, rank: rank(mail) }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ mail }) => mail);
}

function tooManyShots(label: MailLabel, shots: number, most: number): RlpromptError {
  return new RlpromptError({
    code: 'E_SHOTS_TOO_MANY',
    exit: 'data',
    message: `${shots} emails per label for train and as many for dev were asked for; of ${label} there are ${most} for each`,
    where: 'task spam',
    next: `--shots ${most}`,
  });
}
