import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, emptyFolder, lastLine, runCli, TINY_MODEL } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';

const cwd = emptyFolder();
const FAST = [
  '--verbalizer',
  'ham=list,spam=free',
  '--shots',
  '3',
  '--inner-size',
  '64',
  '--steps',
  '1',
  '--ui',
  'none',
];
const run = (...args: string[]) => ['run', 'small.csv', ...FAST, ...args];
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(cwd, name), content);

/** A copy of the smallest model with some files changed. */
function model(name: string, change: (folder: string) => void): void {
  const folder = join(cwd, name);
  cpSync(TINY_MODEL, folder, { recursive: true });
  change(folder);
}

beforeAll(() => {
  writeSmallData(cwd);
  mkdirSync(join(cwd, 'folder.csv'));
  write('empty.csv', '');
  write('header.csv', 'text,label\n');
  write('twice.csv', 'text,text\na,b\n');
  write('ragged.csv', 'text,label\na,x\nb\n');
  write('open.csv', 'text,label\n"a,x\nb,y\n');
  write('nul.csv', 'text,label\na\0b,x\nc,y\n');
  write('utf16.csv', Buffer.from('\ufefftext,label\na,x\n', 'utf16le'));
  write('one.csv', 'text,label\na,x\nb,x\nc,x\nd,x\n');
  write('bad.jsonl', '{"text":"a","label":"x"}\n{"text":\n');
  write('getter.config.mjs', "export default { task: 'spam', get steps() { throw new Error('boom'); } };\n");
  write('throws.config.mjs', "throw new Error('boom');\n");
  write('list.config.json', '[1]');
  write('minus.config.json', '{"task":"spam","steps":-5}');
  write('secret.config.json', '{"task":"spam","endpoint":"https://me:hunter2secret@example.org/v1"}');
  write('key.config.json', '{"task":"spam","apiKey":"env:MY_KEY"}');
  write('proto.config.json', '{"task":"spam","__proto__":{"steps":1}}');
  write('dup.config.json', '{"task":"spam","steps":1,"steps":2}');
  write('unknown.config.yaml', 'task: spam\nstep: 3\n');
  mkdirSync(join(cwd, 'not-a-run'));
  mkdirSync(join(cwd, 'fake-run'));
  write('fake-run/run.json', '{}');
  write('fake-run/thesis.txt', 'mine');
  mkdirSync(join(cwd, 'full'));
  write('full/thesis.txt', 'mine');
  model('zero', (folder) => {
    rmSync(join(folder, 'config.json'));
    symlinkSync('/dev/zero', join(folder, 'config.json'));
  });
  model('pipe', (folder) => {
    rmSync(join(folder, 'tokenizer.json'));
    spawnSync('mkfifo', [join(folder, 'tokenizer.json')]);
  });
  model('no-tokenizer', (folder) => rmSync(join(folder, 'tokenizer.json')));
  model('no-config', (folder) => rmSync(join(folder, 'config.json')));
  model('html', (folder) => writeFileSync(join(folder, 'onnx/model.onnx'), '<!doctype html><p>503'));
  model('pointer', (folder) =>
    writeFileSync(join(folder, 'onnx/model.onnx'), 'version https://git-lfs.github.com/spec/v1\n'),
  );
  model('hollow', (folder) => writeFileSync(join(folder, 'onnx/model.onnx'), ''));
  model('garbage', (folder) => writeFileSync(join(folder, 'onnx/model.onnx'), Buffer.alloc(4096, 0xee)));
  model('bad-tokenizer', (folder) => writeFileSync(join(folder, 'tokenizer.json'), '{"model":'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

type Case = readonly [name: string, args: readonly string[], code: string, exit: number];

const CASES: readonly Case[] = [
  ['an unknown command', ['rnu'], 'E_USAGE', 64],
  ['an unknown flag', ['run', 'spam', '--stesp', '3'], 'E_USAGE', 64],
  ['an unknown task', ['run', 'spamm'], 'E_TASK_NOT_FOUND', 64],
  ['a negative count', run('--top-k', '-1'), 'E_CONFIG', 78],
  ['a number that is none', run('--temperature', 'NaN'), 'E_CONFIG', 78],
  ['a step of ten million prompts', run('--prompts-per-step', '10000000'), 'E_CONFIG', 78],
  ['an unknown setting', ['run', 'spam', '--set', 'stepps=3'], 'E_CONFIG', 78],
  ['a setting that fails', ['config', 'print', '--config', 'getter.config.mjs'], 'E_CONFIG', 78],
  ['a configuration that fails', ['config', 'print', '--config', 'throws.config.mjs'], 'E_CONFIG', 78],
  ['a list for a configuration', ['config', 'print', '--config', 'list.config.json'], 'E_CONFIG', 78],
  ['a wrong value behind a flag', ['config', 'print', '--config', 'minus.config.json', '--steps', '5'], 'E_CONFIG', 78],
  ['a secret in a configuration', ['config', 'print', '--config', 'secret.config.json'], 'E_CONFIG', 78],
  ['a key where none is read', ['config', 'print', '--config', 'key.config.json'], 'E_CONFIG', 78],
  ['a prototype for a key', ['config', 'print', '--config', 'proto.config.json'], 'E_CONFIG', 78],
  ['a key that stands twice', ['config', 'print', '--config', 'dup.config.json'], 'E_CONFIG', 78],
  ['a key that is misspelled', ['config', 'print', '--config', 'unknown.config.yaml'], 'E_CONFIG', 78],
  ['a configuration that is not there', ['config', 'print', '--config', 'nowhere.json'], 'E_CONFIG_MISSING', 66],
  ['a data file that is not there', ['run', 'nowhere.csv'], 'E_DATA_MISSING', 66],
  ['a folder named like a data file', ['run', 'folder.csv', '--text-column', 'text'], 'E_DATA_NOT_A_FILE', 66],
  ['a device for a data file', ['run', '/dev/zero.csv'], 'E_DATA_MISSING', 66],
  ['an empty data file', ['run', 'empty.csv'], 'E_DATA_EMPTY', 65],
  ['a header and nothing else', ['run', 'header.csv'], 'E_DATA_EMPTY', 65],
  ['a column that stands twice', ['run', 'twice.csv'], 'E_DATA_DUPLICATE_COLUMN', 65],
  ['a row that is too short', ['run', 'ragged.csv'], 'E_DATA_RAGGED_ROW', 65],
  ['a quote that never closes', ['run', 'open.csv'], 'E_DATA_QUOTE', 65],
  ['a control character', ['run', 'nul.csv'], 'E_DATA_CONTROL', 65],
  ['broken JSON lines', ['run', 'bad.jsonl'], 'E_DATA_JSON', 65],
  ['a column that is not there', run('--label-column', 'lable'), 'E_DATA_COLUMN', 65],
  ['a label word of many tokens', run('--verbalizer', 'ham=,spam=free'), 'E_CONFIG', 78],
  ['a model that is not there', run('--generator', './nowhere'), 'E_MODEL_NOT_FOUND', 66],
  ['a device for a configuration of a model', run('--generator', './zero'), 'E_FILE_KIND', 65],
  ['a pipe for a tokenizer', run('--generator', './pipe'), 'E_FILE_KIND', 65],
  ['a model without a tokenizer', run('--generator', './no-tokenizer'), 'E_TOKENIZER_MISSING', 66],
  ['a model without a configuration', run('--generator', './no-config'), 'E_MODEL_CONFIG_MISSING', 66],
  ['a web page for a model', run('--generator', './html'), 'E_MODEL_HTML', 65],
  ['a Git LFS pointer for a model', run('--generator', './pointer'), 'E_MODEL_LFS_POINTER', 65],
  ['an empty model', run('--generator', './hollow'), 'E_MODEL_EMPTY', 65],
  ['bytes that are no model', run('--generator', './garbage'), 'E_MODEL_CORRUPT', 65],
  ['a tokenizer that is no JSON', run('--generator', './bad-tokenizer'), 'E_TOKENIZER_INVALID', 65],
  ['a service without an address', run('--target', 'openai:any'), 'E_ENDPOINT_MISSING', 78],
  ['a home folder that no shell put in', run('--out=~'), 'E_RUN_NAME', 78],
  ['a run named like a flag', run('--out=-rf'), 'E_RUN_NAME', 78],
  ['a folder of somebody else', run('--out', 'full'), 'E_FOLDER_NOT_EMPTY', 73],
  ['a folder below a file', run('--out', 'small.csv/run'), 'E_CANNOT_CREATE', 73],
  ['a run that is not there', ['resume', 'nowhere'], 'E_RUN_NOT_FOUND', 66],
  ['a folder that is no run', ['resume', 'not-a-run'], 'E_NOT_A_RUN', 66],
  ['a run whose manifest is empty', ['resume', 'fake-run'], 'E_MANIFEST', 65],
  ['the removal of what is no run', ['runs', 'remove', 'fake-run', '--yes'], 'E_MANIFEST', 65],
  ['an unknown export format', ['export', 'fake-run', '--format', 'docx'], 'E_EXPORT_FORMAT', 64],
  ['a file of prompts that is a folder', ['eval', 'spam', '--prompts-file', 'full'], 'E_PROMPTS_FILE', 66],
];

describe('bad input', () => {
  it.each(CASES)('%s is refused by name, and nothing is left behind', async (_, args, code, exit) => {
    const before = readdirSync(cwd).sort();
    const outcome = await runCli(args, { cwd, env: { RLPROMPT_CACHE_DIR: join(cwd, '..', 'rlprompt-bad-inputs') } });
    const line = lastLine(outcome.stderr);
    expect(line).toMatch(new RegExp(`^rlprompt: ${code}: `));
    expect(outcome.code, line).toBe(exit);
    // What happened, what is kept, what to do next; the place is not always one.
    expect(line.split(' · ').length, line).toBeGreaterThanOrEqual(3);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).not.toContain('hunter2secret');
    expect(readdirSync(cwd).sort()).toEqual(before);
  });

  it('leaves what is no run untouched', () => {
    expect(existsSync(join(cwd, 'fake-run/thesis.txt'))).toBe(true);
  });

  it('prints its sum', () => {
    process.stdout.write(`bad inputs refused by name: ${CASES.length}\n`);
    expect(CASES.length).toBeGreaterThanOrEqual(50);
  });

  it.skipIf(process.platform === 'win32')('says which limit of the system was met', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', 'ulimit -n 26; exec "$@"', 'bash', process.execPath, BIN, ...run('--out', 'few')],
      { cwd, env: { PATH: process.env.PATH, HOME: cwd } },
    );
    expect(lastLine(stderr.toString())).toMatch(/^rlprompt: E_OS_LIMIT: .* ulimit -n/);
    expect(status).toBe(71);
  });
});
