import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRankings } from '../../../src/preferences/ranking-file.js';
import { emptyFolder, runCli, TINY_MODEL } from '../../cli/spawn-cli.js';
import { writeSmallData } from '../../small-data.js';
import { runSmall } from '../inputs/bad-input.js';
import { hashesOf, type Killed, killUntilDone } from './kill-until-done.js';

/** Of each command. */
const KILLS = Number(process.env.RLPROMPT_TEST_KILLS ?? 2);
/** Generous: a busy machine takes ten times as long. */
const TIMEOUT_MS = 300_000 + 60_000 * KILLS;

const cwd = emptyFolder();
const OFFERS = ['cheap pills', 'easy money', 'a free loan', 'the kernel patch', 'my build log', 'a bug report'];
const MAILS = Array.from({ length: 400 }, (_, i) => `Mail ${i} is about ${OFFERS[i % OFFERS.length]}.`);
const REWARDED = MAILS.slice(0, 100).map((text, i) =>
  JSON.stringify({ prefix: 'Mail', text: text.slice(4), reward: i % 7 }),
);

beforeAll(async () => {
  writeSmallData(cwd);
  writeFileSync(join(cwd, 'mails.csv'), `text\n${MAILS.join('\n')}\n`);
  writeFileSync(join(cwd, 'mails.txt'), MAILS.join('\n'));
  writeFileSync(join(cwd, 'texts.jsonl'), REWARDED.join('\n'));
  writeFileSync(
    join(cwd, 'doors.mjs'),
    `const observation = 'You see two doors. You';
    export default { kind: 'environment', name: 'doors', tasks: { train: ['go'], test: ['stay'] },
      async reset() { return { observation, actions: ['open the left door', 'wait'], bestReturn: 1 }; },
      async step(action) { return { observation, actions: ['wait'], reward: action === 'wait' ? 0 : 1, done: true }; } };`,
  );
  const { code, stderr } = await runCli(runSmall('--out', 'run'), { cwd });
  expect(code, stderr).toBe(0);
});

const out = (name: string) => join(cwd, name);
/** A command that writes its file at its end: there is none before, and a whole one then. */
const oneFile = (kind: string, args: readonly string[]): Killed => ({
  cwd,
  kills: KILLS,
  out: (name) => out(`${kind}-${name}`),
  begin: (name) => [...args, '--out', `${kind}-${name}`],
  check: (file) => expect(readFileSync(file, 'utf8')).toBe(readFileSync(out(`${kind}-whole`), 'utf8')),
  outcome: (file) => readFileSync(file).toString('base64'),
});

/** Learning to act, which is resumed. */
const learner = (name: string, updates: number): Killed => ({
  cwd,
  kills: KILLS,
  out: (folder) => out(`${name}-${folder}`),
  begin: (folder) => {
    const size = ['--learner', name, '--updates', `${updates}`, '--episodes', '4'];
    return ['act', 'train', 'doors.mjs', ...size, '--out', `${name}-${folder}`];
  },
  resume: { after: 'act.json', args: (folder) => ['act', 'resume', `${name}-${folder}`] },
  outcome: (folder) => hashesOf(folder, /\.safetensors$|result\.json$/),
});

describe(`killed at ${KILLS} random moments and started again`, () => {
  it.for<[what: string, command: Killed]>([
    ['predict to a file', oneFile('predict', ['predict', 'run', 'mails.csv', '--format', 'jsonl'])],
    ['decode sample', oneFile('sample', ['decode', 'sample', 'Dear all,', '--texts', '64', '--tokens', '8'])],
    ['decode fit', oneFile('fit', ['decode', 'fit', 'texts.jsonl', '--epochs', '15'])],
    [
      'rate with a judge',
      {
        cwd,
        kills: KILLS,
        out,
        begin: (name) => ['rate', 'mails.txt', '--judge', TINY_MODEL, '--items', '3', '--sets', '60', '--out', name],
        // A ranking is in the file whole or not at all.
        check: (file) => void readRankings(file),
        outcome: (file) => readFileSync(file, 'utf8'),
      },
    ],
    ['act train', learner('ppo', 30)],
    ['act train --learner mcts', learner('mcts', 20)],
    ['act train --learner memory', learner('memory', 30)],
  ])('%s leaves what an unbroken one leaves', { timeout: TIMEOUT_MS }, ([, command], context) =>
    killUntilDone(command, context),
  );
});
