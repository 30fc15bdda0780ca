import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from './in-process-cli.js';
import { BIN, emptyFolder, lastLine, runCli } from './spawn-cli.js';

describe('a wrong command line', () => {
  it.each([
    [['rnu'], 'unknown command "rnu", did you mean run? · no files were changed · rlprompt run --help'],
    [
      ['run', '--stps', '3'],
      "unknown option '--stps', did you mean --steps? · no files were changed · rlprompt run --help",
    ],
    [['run', 'spam', 'topic'], 'too many arguments'],
    [['top'], "missing required argument 'run'"],
    [['run', '--steps'], "option '--steps <N>' argument missing"],
    [['run', 'spam', '--ui', 'curses'], "argument 'curses' is invalid. Allowed choices are ink, plain, json, none."],
    [['export', '--format', 'jsn', 'x'], 'unknown format "jsn", did you mean json?'],
    [['resume', 'x', '--top-k', '3'], "unknown option '--top-k'"],
    [['eval', 'spam'], 'there is no prompt to score'],
  ])('%j is refused with code 64 and one line that says why', async (args, message) => {
    const { code, stdout, stderr } = await runInProcess(args);
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^rlprompt: E_[A-Z_]+: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });

  it('is not even read by a Node that is too old', async () => {
    const old = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } })';
    const nodeFlags = ['--import', `data:text/javascript,${encodeURIComponent(old)}`];
    const { code, stderr } = await runCli(['rnu'], { nodeFlags });
    expect(code).toBe(69);
    expect(lastLine(stderr)).toMatch(/^rlprompt: E_NODE_VERSION: Node 18\.20\.4 is too old, 20\.19 or later is needed/);
  });

  it('says that the folder it was started in is gone', () => {
    const cwd = emptyFolder();
    const shell = ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', 'bash', process.execPath, BIN];
    const { status, stderr } = spawnSync('bash', [...shell, 'run', 'spam', '--steps', '1'], { cwd });
    expect(lastLine(stderr.toString())).toMatch(
      /^rlprompt: E_FILE_NOT_FOUND: the folder .* is not there any more · no files were changed · change to another/,
    );
    expect(status).toBe(66);
  });

  it('shows the help of a command that lacks its subcommand, and then the line', async () => {
    const { code, stderr } = await runCli(['preferences']);
    expect(code).toBe(64);
    expect(stderr).toMatch(/^Examples:/);
    expect(lastLine(stderr)).toMatch(
      /^rlprompt: E_USAGE: preferences needs a subcommand · no files were changed · .* preferences --help$/,
    );
    for (const [words, help] of [
      [['act', 'train'], 'act train --help'],
      [['decode', 'fit', '--nosuch'], 'decode fit --help'],
      [['act', '--nosuch'], 'act --help'],
    ] as const) {
      expect(lastLine((await runCli(words)).stderr)).toMatch(new RegExp(` rlprompt\\S* ${help}$|\\.js ${help}$`));
    }
    // A command that changes nothing shows its help for asking.
    const config = await runCli(['config']);
    expect(config.code).toBe(0);
    expect(config.stdout).toMatch(/^Examples:/);
  });

  it('names every wrong setting at once, before anything is created', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'rlprompt.config.yaml'), 'lerning_rate: 1\n');
    const env = { RLPROMPT_TOP_P: '7' };
    const { code, stderr } = await runCli(['run', 'spam', '--steps', 'abc', '--set', 'sed=1'], { cwd, env });
    expect(code).toBe(78);
    expect(stderr).toContain('E_CONFIG: 4 settings are wrong');
    expect(stderr).toContain('unknown key "lerning_rate", did you mean learningRate? (rlprompt.config.yaml:1:1)');
    expect(stderr).toContain('unknown key "sed", did you mean seed? (--set sed)');
    expect(stderr).toContain('topP: got 7, expected at most 1 (RLPROMPT_TOP_P)');
    expect(stderr).toContain('steps: got "abc", expected a number (--steps)');
  });

  it.each([
    [['run', 'smap'], 64, 'E_TASK_NOT_FOUND'],
    [['run', 'missing.csv'], 66, 'E_'],
    [['run', 'spam', '--config', 'missing.yaml'], 66, 'E_CONFIG_MISSING'],
    [['run', 'spam', '--trainer', 'soft-q-learning', '--loss', 'log-variance'], 78, 'E_CONFIG'],
    [['run', 'topic', '--generator', './no-model'], 66, 'E_'],
    [['top', 'no-run'], 66, 'E_RUN_NOT_FOUND'],
    [['resume', '.'], 66, 'E_NOT_A_RUN'],
    [['models', 'inspect', './no-model'], 66, 'E_MODEL_NOT_FOUND'],
  ])('%j ends with code %i and %s', async (args, expected, name) => {
    const { code, stdout, stderr } = await runInProcess(args);
    expect(code).toBe(expected);
    expect(stdout).toBe('');
    expect(lastLine(stderr)).toMatch(new RegExp(`^rlprompt: ${name}`));
  });

  it('with --json puts the same error as an object on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['run', 'smap', '--json']);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({ code: 'E_TASK_NOT_FOUND', exitCode: code });
    expect(lastLine(stderr)).toContain(error.message);
  });

  it('shows no control character of what was typed', async () => {
    const { stderr } = await runCli(['run', 'a\x1b]52;c;AA\x07\u202e']);
    expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stderr).toContain('\\x1b');
  });
});

it.each([
  ['that ends its process', 'process.exit(0);'],
  ['with a late rejection', 'Promise.reject(new Error("late")); await new Promise((r) => setTimeout(r, 50));'],
  ['that throws a string', 'throw "what";'],
])('a configuration module %s does not look like success', async (_what, source) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'rlprompt.config.mjs'), `${source}\nexport default { task: 'spam' };\n`);
  const { code, stdout, stderr } = await runCli(['config', 'print'], { cwd });
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(lastLine(stderr)).toMatch(/^rlprompt: E_CONFIG: /);
});

it('an installation that is not whole is named, without a trace', () => {
  const root = emptyFolder();
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  copyFileSync(BIN, join(root, 'bin/rlprompt.js'));
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/rlprompt.js'), 'run'], { encoding: 'utf8' });
  expect(stderr).toMatch(/^rlprompt: E_INTERNAL: the program cannot be loaded: Cannot find module .* · install .*\n$/);
  expect(status).toBe(70);
});
