import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess } from '../cli/in-process-cli.js';
import { emptyFolder, lastLine, runCli } from '../cli/spawn-cli.js';
import type { Refusal } from './inputs/bad-input.js';
import { CONFIGURATION } from './inputs/configuration.js';
import { DATA } from './inputs/data.js';
import { writeBadFiles } from './inputs/files.js';
import { LABEL_WORDS } from './inputs/label-words.js';
import { MODELS } from './inputs/models.js';
import { REWARDS } from './inputs/rewards.js';
import { SERVICES } from './inputs/services.js';
import { OUTPUT, STORAGE } from './inputs/storage.js';
import { tell } from './report/figures.js';

const KINDS = [CONFIGURATION, DATA, MODELS, LABEL_WORDS, REWARDS, SERVICES, STORAGE, OUTPUT];
const ALL = KINDS.flat();
const CASES = ALL.flatMap(({ number, what, refused = [] }) =>
  refused.map((each, i) => [`${number}. ${what}${refused.length > 1 ? ` (${i + 1})` : ''}`, each] as const),
);
/** One of each kind, or all where asked: the others run in this process, which is ten times as fast. */
const IN_A_PROCESS = new Set(
  process.env.RLPROMPT_TEST_PROCESSES
    ? CASES.map(([, refusal]) => refusal)
    : KINDS.flatMap((kind) => kind.flatMap(({ refused = [] }) => refused).slice(0, 1)),
);
const cwd = emptyFolder();
const cache = emptyFolder();
const env = { RLPROMPT_CACHE_DIR: cache };
let held = 0;

beforeAll(() => writeBadFiles(cwd));
afterAll(() => {
  for (const folder of [cwd, cache]) rmSync(folder, { recursive: true, force: true });
});

/** Every file of the folder, with what would tell that it was written to. */
function facts(): string[] {
  return readdirSync(cwd, { recursive: true })
    .map(String)
    .map((name) => {
      const { size, mtimeMs, ino } = lstatSync(join(cwd, name));
      return `${name} ${ino} ${size} ${mtimeMs}`;
    })
    .sort();
}

describe('bad input', () => {
  it.each(CASES)('%s is refused by name, and leaves all as it was', async (_, refusal: Refusal) => {
    const { args, code, exit, says } = refusal;
    const before = facts();
    const run = IN_A_PROCESS.has(refusal) ? runCli : runInProcess;
    const outcome = await run(args, { cwd, env });
    const line = lastLine(outcome.stderr);
    expect(line).toMatch(new RegExp(`^rlprompt: ${code}: `));
    expect(line).toMatch(says);
    expect(outcome.code, line).toBe(exit);
    // What happened, what is kept, what to do next; the place is not always one.
    expect(line.split(' · ').length, line).toBeGreaterThanOrEqual(3);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).not.toContain('hunter2secret');
    expect(facts()).toEqual(before);
    held += 1;
  });
});

describe('the table of bad inputs', () => {
  const tests = resolve(import.meta.dirname, '..');
  const sources = readdirSync(tests, { recursive: true })
    .map(String)
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => readFileSync(join(tests, name), 'utf8'));

  it.each(ALL.map((input) => [`${input.number}. ${input.what}`, input] as const))(
    '%s is shown by a command or a test, or cannot happen',
    (_, { refused, tests: titles = [], without }) => {
      expect(refused !== undefined || titles.length > 0).toBe(without === undefined);
      for (const title of titles)
        expect(
          sources.some((source) => source.includes(title)),
          title,
        ).toBe(true);
    },
  );

  it('is whole', (context) => {
    expect(ALL.map(({ number }) => number)).toEqual(Array.from({ length: 117 }, (_, i) => i + 1));
    expect(held).toBe(CASES.length);
    tell(context, { badInputs: ALL.length });
  });
});
