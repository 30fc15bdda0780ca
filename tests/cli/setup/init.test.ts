import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scaffoldFiles } from '../../../src/cli/tasks/init-files.js';
import { BIN, emptyFolder, lastLine, runCli } from '../spawn-cli.js';

const FILES = ['README.md', 'dev.csv', 'rlprompt.config.yaml', 'task.test.mjs', 'task.ts', 'test.csv', 'train.csv'];

describe.each(['classification', 'custom'] as const)('rlprompt init --kind %s', (kind) => {
  it('writes a task that is checked, run and scored as it is', async () => {
    const cwd = emptyFolder();
    const made = await runCli(['init', 'My Task', '--kind', kind], { cwd });
    expect(made.code, made.stderr).toBe(0);
    expect(readdirSync(join(cwd, 'My Task')).sort()).toEqual(FILES);
    expect(made.stdout.split('\n')).toContain(join('My Task', 'task.ts'));
    const folder = join(cwd, 'My Task');

    const check = await runCli(['tasks', 'check', './task.ts', '--json'], { cwd: folder });
    expect(check.code, check.stderr).toBe(0);
    const { findings } = JSON.parse(check.stdout) as { findings: { level: string; name: string }[] };
    expect(findings.every(({ level }) => level === 'ok')).toBe(true);
    expect(findings.map(({ name }) => name)).toContain(kind === 'custom' ? 'deterministic' : 'label words');

    const run = await runCli(['run', '--steps', '1', '--json', '--ui', 'none', '--out', 'run'], { cwd: folder });
    expect(run.code, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      task: 'my-task',
      best: { test: { accuracy: expect.any(Number), n: 8 } },
    });
  });
});

describe('rlprompt init', () => {
  it('names commands that work where they will be typed, from a clone too', async () => {
    const cwd = emptyFolder();
    const made = spawnSync(process.execPath, [BIN, 'init', 'mine', '--yes'], { cwd, encoding: 'utf8' });
    const [, next = ''] = /; next: cd mine && (node .*) run\n$/.exec(made.stderr) ?? [];
    expect(readFileSync(join(cwd, 'mine/README.md'), 'utf8')).toContain(
      `\n${next} tasks check ./task.ts\n${next} run\n`,
    );
    const script = next.split(' ')[1]!;
    expect(realpathSync(join(cwd, 'mine', script))).toBe(realpathSync(BIN));
  });

  it('overwrites nothing', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'train.csv'), 'mine');
    const { code, stderr } = await runCli(['init', '.', '--yes'], { cwd });
    expect(code).toBe(73);
    expect(lastLine(stderr)).toMatch(
      /^rlprompt: E_INIT_EXISTS: train\.csv would be overwritten · \. · nothing was written/,
    );
    expect(readdirSync(cwd)).toEqual(['train.csv']);
    expect(readFileSync(join(cwd, 'train.csv'), 'utf8')).toBe('mine');
  });

  it('repeats no text between the splits of its data', () => {
    const files = scaffoldFiles('x', 'custom');
    const texts = ['train.csv', 'dev.csv', 'test.csv'].flatMap((name) => files[name]!.trim().split('\n').slice(1));
    expect(texts).toHaveLength(24);
    expect(new Set(texts).size).toBe(24);
  });
});

describe('rlprompt tasks check', () => {
  it('says what is wrong with a reward and what it means, and fails', async () => {
    const cwd = emptyFolder();
    const row = "[{ text: 'a' }]";
    writeFileSync(
      join(cwd, 'task.mjs'),
      `let calls = 0; export default { name: 'x', kind: 'custom', reward: ({ prompts }) => prompts.map(() => calls++),
       examples: { train: ${row}, dev: ${row}, test: [{ text: 'b' }] } };`,
    );
    const { code, stdout, stderr } = await runCli(['tasks', 'check', 'task.mjs'], { cwd });
    expect(code).toBe(65);
    expect(stdout).toMatch(/^warning {2}data: 1 text is in train and in dev/m);
    expect(stdout).toContain('texts that the search has not seen');
    expect(stdout).not.toContain('no text occurs in two splits');
    expect(stdout).toMatch(/^error {4}deterministic: rewards were 0, 1 and then 2, 3/m);
    expect(stdout).toContain('take random numbers from context.rng, or say stochastic: true');
    expect(lastLine(stderr)).toContain('E_TASK_CHECK');
  });

  it('says where a reward threw', async () => {
    const cwd = emptyFolder();
    writeFileSync(
      join(cwd, 'task.mjs'),
      `export default { name: 'x', kind: 'custom', examples: { train: [{ text: 'a' }], dev: [{ text: 'b' }], test: [{ text: 'c' }] },
reward() { throw new RangeError('no judge') } };`,
    );
    const { code, stdout } = await runCli(['tasks', 'check', 'task.mjs'], { cwd });
    expect(code).toBe(65);
    expect(stdout).toMatch(/^error {4}E_PLUGIN_THROW: the reward threw RangeError: no judge · .*task\.mjs:2:\d+$/m);
  });
});
