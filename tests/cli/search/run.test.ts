import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, runCli, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const { cwd, flags } = tinyTask();
const small = [
  '--generator',
  TINY_MODEL,
  '--shots',
  '2',
  '--prompts-per-step',
  '4',
  '--inner-size',
  '16',
  '--candidates',
  '2',
];
const run = ['run', 'mails.csv', ...flags, ...small];

describe('run', () => {
  it('puts one JSON object on stdout, progress on stderr, and may miss --fail-under', async () => {
    const { code, stdout, stderr } = await runCli(
      [...run, '--steps', '2', '--json', '--fail-under', '1.5', '--out', 'runs/a'],
      { cwd },
    );
    const result = JSON.parse(stdout);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(result).toMatchObject({
      schemaVersion: 1,
      runDir: 'runs/a',
      task: 'mails',
      trainer: 'log-variance',
      seed: 0,
      steps: 2,
      stopReason: 'steps',
      best: { prompt: expect.any(String), tokenIds: expect.any(Array), test: { accuracy: expect.any(Number), n: 16 } },
      baselines: { empty: { dev: { accuracy: expect.any(Number) }, test: { accuracy: expect.any(Number) } } },
    });
    expect(stderr).toContain('run folder runs/a');
    expect(code).toBe(10);
    expect(lastLine(stderr)).toMatch(/^rlprompt: E_FAIL_UNDER: test accuracy .* is below 1\.5/);
  });

  it('ends with a line that names prompt, scores and folder; --ui none keeps stderr empty', async () => {
    const { code, stdout, stderr } = await runCli([...run, '--steps', '1', '--ui', 'none', '--out', 'runs/b'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^best prompt ".*" · dev accuracy \d\.\d{3} · test accuracy \d\.\d{3} on 16 examples · runs\/b\n$/,
    );
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('saves at %s, ends with %i and names the command to resume with', async (signal, expected) => {
    const out = `runs/${signal}`;
    let isSent = false;
    const { code, stdout, stderr } = await runCli([...run, '--steps', '100000', '--ui', 'json', '--out', out], {
      cwd,
      onStderr: (text, child) => {
        if (isSent || !text.includes('"step-end"')) return;
        isSent = true;
        child.kill(signal);
      },
    });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(lastLine(stderr)).toMatch(new RegExp(`^rlprompt: E_INTERRUPTED: .* rlprompt resume ${out}$`));
    const [, step] = /"type":"run-interrupted","step":(\d+)/.exec(stderr)!;
    const lowered = await runInProcess(['resume', out, '--steps', '5'], { cwd });
    expect(lowered.code).toBe(78);
    expect(lowered.stderr).toContain('steps was 100000 and cannot be lowered to 5');
    const resumed = await runInProcess(['resume', out, '--forwards', '1', '--json', '--ui', 'none'], { cwd });
    expect(JSON.parse(resumed.stdout)).toMatchObject({ runDir: out, steps: Number(step), stopReason: 'forwards' });
  });

  it('refuses a folder that is there, and resuming what is finished', async () => {
    await runInProcess([...run, '--steps', '1', '--ui', 'none', '--out', 'runs/c'], { cwd });
    expect(await runInProcess([...run, '--steps', '1', '--out', 'runs/c'], { cwd })).toMatchObject({ code: 73 });
    const finished = await runInProcess(['resume', 'runs/c'], { cwd });
    expect(lastLine(finished.stderr)).toContain(
      'E_RUN_FINISHED: the run is finished: it stopped at the step limit, after 1 step ·',
    );
    const longer = await runInProcess(['resume', 'runs/c', '--steps', '2', '--json', '--ui', 'none'], { cwd });
    expect(JSON.parse(longer.stdout)).toMatchObject({ steps: 2, stopReason: 'steps' });
  });

  it.each([
    ['forwards', '--forwards 60', '--forwards 120'],
    ['patience', '--patience 1', '--patience 2'],
    ['target-score', '--target-score 0', '--target-score 0.5'],
  ])('says which limit to raise where %s ended a run, and refuses to raise another', async (reason, limit, raised) => {
    const out = `runs/by-${reason}`;
    const words = [...run, '--steps', '9', '--evaluation-every', '1', '--json', '--ui', 'none', '--out', out];
    const ended = await runInProcess([...words, ...limit.split(' ')], { cwd });
    expect(JSON.parse(ended.stdout)).toMatchObject({ stopReason: reason });
    const longer = await runInProcess(['resume', out, '--steps', '30'], { cwd });
    expect(longer.code).toBe(64);
    expect(lastLine(longer.stderr)).toMatch(new RegExp(`E_RUN_FINISHED: .* rlprompt resume ${out} ${raised}$`));
    const resumed = await runInProcess(['resume', out, ...raised.split(' '), '--json', '--ui', 'none'], { cwd });
    expect(resumed.code).toBe(0);
  });

  it('says where to resume a run whose data has a path relative to the folder it was started in', async () => {
    await runInProcess([...run, '--steps', '1', '--ui', 'none', '--out', 'runs/d'], { cwd });
    const elsewhere = await runInProcess(['resume', join(cwd, 'runs/d'), '--steps', '2'], { cwd: emptyFolder() });
    expect(elsewhere.code).toBe(66);
    expect(lastLine(elsewhere.stderr)).toMatch(
      /E_DATA_MISSING: .* · mails\.csv · .* · resume the run in the folder where it was started: the path is relative to that folder$/,
    );
    for (const [again, ...args] of [
      ['score the run', 'eval', join(cwd, 'runs/d')],
      ['export the run', 'export', join(cwd, 'runs/d'), '--format', 'txt', '--verify'],
    ]) {
      const { code, stderr } = await runInProcess(args, { cwd: emptyFolder() });
      expect([code, lastLine(stderr)]).toEqual([66, expect.stringContaining(`${again} in the folder where it was`)]);
    }
  });
});

describe('eval', () => {
  it('prints the scores of each prompt, and one line per example in the file asked for', async () => {
    const { code, stdout } = await runCli(
      ['eval', 'mails.csv', ...flags, '--prompt', 'It is', '--prompt', '', '--json', '--per-example', 'rows.jsonl'],
      { cwd },
    );
    expect(code).toBe(0);
    const { task, split, results } = JSON.parse(stdout);
    expect({ task, split }).toEqual({ task: 'mails', split: 'test' });
    expect(results).toHaveLength(2);
    const [{ prompt, n, accuracy, reward, perClass, confusion }] = results;
    expect({ prompt, n }).toEqual({ prompt: 'It is', n: 24 });
    expect(accuracy).toBeCloseTo((confusion[0][0] + confusion[1][1]) / 24, 12);
    expect(reward).toEqual(expect.any(Number));
    expect(perClass.map(({ label }: { label: string }) => label).sort()).toEqual(['bad', 'good']);
    const rows = readFileSync(join(cwd, 'rows.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(48);
    expect(rows[0]).toMatchObject({ prompt: 'It is', index: 0, label: 'bad', predicted: expect.any(String) });
    expect(rows[0].probabilities.bad + rows[0].probabilities.good).toBeCloseTo(1, 5);
  });

  it('takes prompts from stdin, a line each, and then writes exactly the fixed keys', async () => {
    const args = ['eval', 'mails.csv', ...flags, '--prompt', '-', '--per-example', 'one.jsonl', '--json'];
    const { stdout } = await runCli(args, { cwd, stdin: ' Overall it is\n' });
    expect(JSON.parse(stdout).results.map(({ prompt }: { prompt: string }) => prompt)).toEqual([' Overall it is']);
    const [first] = readFileSync(join(cwd, 'one.jsonl'), 'utf8').split('\n');
    expect(Object.keys(JSON.parse(first!))).toEqual(['prompt', 'index', 'label', 'predicted', 'probabilities']);
    expect(JSON.parse(first!).prompt).toBe(' Overall it is');
  });

  it('waits for prompts that a slow program writes into the pipe', async () => {
    const args = ['eval', 'mails.csv', ...flags, '--prompt', '-', '--json'];
    const { code, stdout, stderr } = await runCli(args, { cwd, stdin: 'It is\n', stdinAfterMs: 3000 });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).results.map(({ prompt }: { prompt: string }) => prompt)).toEqual(['It is']);
  });
});
