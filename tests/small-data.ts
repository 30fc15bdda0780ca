import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OFFERS = [
  'cheap pills',
  'a free loan',
  'easy money',
  'a big discount',
  'your prize',
  'hot stocks',
  'a new credit card',
];
const NOTES = [
  'the kernel patch',
  'my build log',
  'the mailing list',
  'your bug report',
  'the meeting',
  'this script',
  'the release',
];

/** A labelled data file of 42 short rows, enough for a run of a few steps. */
export function writeSmallData(folder: string): string {
  const rows = OFFERS.flatMap((offer, i) => [
    [`Do not wait, order ${offer} today.`, 'spam'],
    [`Thanks for sending ${NOTES[i]} again.`, 'ham'],
    [`We have ${offer} for you, click now.`, 'spam'],
    [`Did you look at ${NOTES[i]} yesterday?`, 'ham'],
    [`Last chance to get ${offer}!`, 'spam'],
    [`I think ${NOTES[i]} has a small mistake.`, 'ham'],
  ]);
  const file = join(folder, 'small.csv');
  writeFileSync(file, `text,label\n${rows.map(([text, label]) => `"${text}",${label}`).join('\n')}\n`);
  return file;
}

/** Settings under which a whole run takes about a second on the embedded model. */
export const SMALL_RUN = {
  verbalizer: { ham: 'list', spam: 'free' },
  shots: 3,
  promptsPerStep: 4,
  innerSize: 64,
  steps: 6,
  evaluationEvery: 2,
  checkpointEvery: 2,
  evaluationCandidates: 2,
  candidates: 3,
} as const;
