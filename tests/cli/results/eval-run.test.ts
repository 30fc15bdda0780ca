import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { evaluatePrompts } from '../../../src/evaluate.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN } from '../../small-data.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine } from '../spawn-cli.js';

const cwd = emptyFolder();
const at = (name: string) => join(cwd, name);
const WORDS = { account: 'list', billing: 'for free', delivery: 'work' };
const LABELS = Object.keys(WORDS);

type Row = readonly [text: string, label: string];

function rowsOf(labels: readonly string[], what: string): Row[] {
  return labels.flatMap((label, k) =>
    Array.from(
      { length: 8 },
      (_, i): Row => [`${what} ${i} about ${label}, ${'so '.repeat((i + k) % 4)}again.`, label],
    ),
  );
}

function write(name: string, rows: readonly Row[]): string {
  writeFileSync(at(name), `text,label\n${rows.map(([text, label]) => `"${text}",${label}`).join('\n')}\n`);
  return at(name);
}

const rows = rowsOf(LABELS, 'A note');
const { verbalizer: _, ...small } = SMALL_RUN;
const settings = { ...small, shots: 2, steps: 1, calibrate: 'inputs', labelWords: 'given', demos: 0 } as const;

/** Scores a run or other rows by the command line: accuracy, and the probabilities of each row. */
async function evaluated(...args: string[]) {
  const { code, stdout, stderr } = await runInProcess(['eval', ...args, '--per-example', 'rows.jsonl', '--json'], {
    cwd,
  });
  expect(code, stderr).toBe(0);
  const lines = readFileSync(at('rows.jsonl'), 'utf8').trimEnd().split('\n');
  const [{ n }] = JSON.parse(stdout).results as [{ n: number }];
  return { n, lines: lines.map((line) => JSON.parse(line) as { index: number; label: string; probabilities: object }) };
}

async function refusal(...args: string[]): Promise<string> {
  const { code, stderr } = await runInProcess(['eval', ...args], { cwd });
  expect(code, args.join(' ')).not.toBe(0);
  return lastLine(stderr);
}

beforeAll(async () => {
  const one = { ...settings, verbalizer: WORDS, task: write('one.csv', rows) };
  expect((await followRun({ ...one, out: at('one') })).error).toBeUndefined();
  mkdirSync(at('data'));
  write(
    'data/train.csv',
    rows.filter((_, i) => i % 2 === 0),
  );
  write('data/dev.csv', rowsOf(LABELS, 'A letter'));
  write(
    'data/test.csv',
    rows.filter((_, i) => i % 2 === 1),
  );
  expect((await followRun({ ...settings, task: at('data'), out: at('folder') })).error).toBeUndefined();
}, 120_000);

describe('eval of what a run found', () => {
  it.each(['one', 'folder'])('reads a part of the labels among all, on the rows that the run %s has', async (run) => {
    const all = await evaluated(run);
    const some = await evaluated(run, '--labels', 'billing,delivery');
    expect(some.n).toBeLessThan(all.n);
    expect(some.lines).toEqual(all.lines.filter(({ label }) => label !== LABELS[0]));
    expect(await refusal(run, '--labels', 'billing,other')).toContain('no test example has the label "other"; their');
  });

  it('reads other rows by the labels and words of the run, whatever they come in', async () => {
    const some = rowsOf(['billing', 'delivery'], 'A call');
    const ofFile = await evaluated(write('some.csv', some), '--run', 'folder');
    expect(Object.keys(ofFile.lines[0]!.probabilities)).toEqual(LABELS);
    const rest = some.map(([text, label]) => JSON.stringify({ text, label }));
    writeFileSync(at('some.jsonl'), rest.join('\n'));
    expect(await evaluated('some.jsonl', '--run', 'folder')).toEqual(ofFile);
    const task = (examples: readonly Row[]) => {
      const [train, test] = [JSON.stringify(examples.map(([text, label]) => ({ text: `${text}!`, label }))), examples];
      const all = `{ train: ${train}, dev: ${train}, test: ${JSON.stringify(test.map(([text, label]) => ({ text, label })))} }`;
      return `export default { name: 'own', kind: 'classification', template: '{prompt} {input}', examples: ${all} };`;
    };
    writeFileSync(at('own.mjs'), task(some));
    expect(await evaluated('own.mjs', '--run', 'folder')).toEqual(ofFile);
  });

  it('refuses rows with other labels by name, before a model is looked for', async () => {
    const other = write('other.csv', rowsOf(['billing', 'praise'], 'A call'));
    for (const task of [other, 'sentiment', 'topic']) {
      const line = await refusal(task, '--run', 'folder', '--target', '/nowhere/at-all');
      expect(line).toContain('have a label outside "account", "billing", "delivery"');
      expect(line).toMatch(/ --prompt TEXT reads all rows by their own labels$/);
      expect(line.includes('--labels keeps')).toBe(task === other);
    }
  });

  it('refuses what was typed where the run has settled it, and says what to use', async () => {
    const verbalizer = 'account=bad,billing=good,delivery=late';
    for (const [args, why, next] of [
      [['--verbalizer', verbalizer], 'read by its own labels and words', 'rlprompt eval one --words'],
      [['--calibrate', 'none'], 'offsets of its prompt were measured', 'rlprompt eval DATA --prompt TEXT'],
      [['--set', 'calibrate=none'], 'offsets of its prompt were measured', 'rlprompt eval DATA --prompt TEXT'],
      [['--normalise', 'token'], 'offsets of its prompt were measured', 'rlprompt eval DATA --prompt TEXT'],
      [['--label-space', 'no'], 'offsets of its prompt were measured', 'rlprompt eval DATA --prompt TEXT'],
      [['--template', '{prompt} {input}'], 'offsets of its prompt were measured', 'rlprompt eval DATA --prompt TEXT'],
      [['--shots', '1'], 'other rows would be drawn', 'rlprompt eval DATA --run one'],
      [['--seed', '1'], 'other rows would be drawn', 'rlprompt eval DATA --run one'],
      [['--preset', 'raw'], 'the run has chosen everything', 'leave --preset out'],
      [['--run', 'folder'], 'one is a run', 'rlprompt eval DATA --run folder'],
      [['--policy', 'folder'], 'one is a run', 'rlprompt eval DATA --policy folder'],
    ] as const) {
      const line = await refusal('one', ...args);
      expect(line, args.join(' ')).toMatch(/^rlprompt: E_USAGE: /);
      expect(line).toContain(why);
      expect(line).toContain(next);
    }
    const joined = 'account|billing=bad,delivery=late';
    expect(await refusal('one.csv', '--run', 'folder', '--verbalizer', joined)).toContain('read by its own labels');
  });

  it('takes the same where it says what the run said, or where nothing measured is in its way', async () => {
    const same = ['--calibrate', 'inputs', '--shots', '2', '--seed', '0'];
    const plain = await evaluated('one');
    expect(await evaluated('one', ...same)).toEqual(plain);
    writeFileSync(at('rlprompt.config.json'), '{"normalise":"word","calibrate":"none"}');
    expect(await evaluated('one').finally(() => rmSync(at('rlprompt.config.json')))).toEqual(plain);
    const words = ['--words', 'billing=money'];
    const calibrated = await evaluated('one', ...words);
    expect(await evaluated('one', ...words, '--calibrate', 'none')).not.toEqual(calibrated);
    expect(await evaluated('one.csv', '--run', 'one', '--seed', '4', '--shots', '1')).toMatchObject({ n: rows.length });
  });

  it('reads a label called __proto__ from CSV as from JSONL', async () => {
    const named = rows.map(([text, label]): Row => [text, label === LABELS[0] ? '__proto__' : label]);
    const run = await followRun({ ...settings, task: write('proto.csv', named), out: at('proto') });
    expect(run.error).toBeUndefined();
    writeFileSync(at('proto.jsonl'), named.map(([text, label]) => JSON.stringify({ text, label })).join('\n'));
    const ofJson = await evaluated('proto.jsonl', '--run', 'proto');
    expect(ofJson.n).toBe(rows.length);
    expect(ofJson).toEqual(await evaluated(write('proto-again.csv', named), '--run', 'proto'));
  }, 60_000);
});

it('a run with a custom reward has no numbers of its rows and no labels, which eval and predict say', async () => {
  const examples = "{ train: [{ text: 'a' }], dev: [{ text: 'b' }], test: [{ text: 'c' }] }";
  const reward = '({ prompts }) => prompts.map(({ length }) => length)';
  writeFileSync(
    at('long.mjs'),
    `export default { name: 'long', kind: 'custom', examples: ${examples}, reward: ${reward} };`,
  );
  const run = await followRun({ ...small, task: at('long.mjs'), steps: 1, out: at('custom') });
  expect(run.error).toBeUndefined();
  expect(await refusal('custom', '--per-example', 'none.jsonl')).toMatch(/^rlprompt: E_USAGE: .*--per-example/);
  expect(existsSync(at('none.jsonl'))).toBe(false);
  const { code, stderr } = await runInProcess(['predict', 'custom', 'one.csv'], { cwd });
  expect(code).toBe(66);
  expect(lastLine(stderr)).toMatch(/predict is for classification, .*rlprompt export custom .* rlprompt eval custom/);
}, 60_000);

it('a reading of other labels than the task has is refused', async () => {
  const reading = { words: ['a', 'b'].map((label) => ({ label, words: [label] })), demonstrations: [] };
  const config = completeRunConfig({ task: at('one.csv') });
  await expect(
    evaluatePrompts(config, { prompts: [{ prompt: 'It is', reading }], split: 'test' }),
  ).rejects.toMatchObject({
    code: 'E_TASK_LABEL',
    message: expect.stringContaining('by the labels "a", "b", and the task has "account", "billing", "delivery"'),
  });
});
