import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../../src/files/lock/lock.js';
import { hasTerminals, inTerminal } from '../../in-terminal.js';
import { makeReportRun, type ReportedRun } from '../../report/report-run.js';
import { runInProcess } from '../in-process-cli.js';
import { BIN, lastLine, runCli } from '../spawn-cli.js';

function folderOf(runs: Readonly<Record<string, ReportedRun>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-runs-'));
  for (const [name, run] of Object.entries(runs)) cpSync(makeReportRun(run), join(folder, name), { recursive: true });
  return folder;
}

const listed = async (folder: string): Promise<Record<string, unknown>[]> => {
  const { code, stdout } = await runInProcess(['runs', 'list', folder, '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout).runs;
};

describe('rlprompt runs list', () => {
  it('tells finished runs from killed and running ones', async () => {
    const folder = folderOf({ done: {}, killed: { isFinished: false }, going: { isFinished: false } });
    const lock = acquireLock(join(folder, 'going', 'lock'), { since: '2026-01-01T00:00:00.000Z' });
    const states = Object.fromEntries((await listed(folder)).map(({ runDir, state }) => [runDir, state]));
    lock.release();
    expect(states).toEqual({
      [join(folder, 'done')]: 'finished',
      [join(folder, 'killed')]: 'killed',
      [join(folder, 'going')]: 'running',
    });
  });

  it('passes over what is no run, and says why one cannot be read', async () => {
    const folder = folderOf({ good: {} });
    mkdirSync(join(folder, 'notes'));
    mkdirSync(join(folder, 'bad'));
    writeFileSync(join(folder, 'bad', 'run.json'), '{');
    const runs = await listed(folder);
    expect(runs.map(({ runDir }) => runDir).sort()).toEqual([join(folder, 'bad'), join(folder, 'good')]);
    expect(runs.find(({ runDir }) => runDir === join(folder, 'bad'))).toHaveProperty('unreadable');
    const { code, stdout } = await runInProcess(['runs', 'list', folder]);
    expect(code).toBe(0);
    const [header = '', ...lines] = stdout.split('\n');
    const bad = lines.find((line) => line.includes('unreadable')) ?? '';
    // Behind all columns: a reason can be long, and would make them wide.
    expect(bad.slice(0, header.indexOf('prompt')).trim()).toMatch(/bad +unreadable$/);
    expect(bad.slice(header.indexOf('prompt'))).toContain('run.json');
  });

  it('fits a terminal of 80 columns, with the whole path of each run', async () => {
    const run = 'comment-reviews-20260101-120000';
    const folder = folderOf({ [run]: {}, b: {} });
    const { stdout } = await runInProcess(['runs', 'list', '.'], { cwd: folder, columns: 80 });
    expect(stdout).toContain(`${run}  finished`);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('says that there is no such folder', async () => {
    const { code, stderr } = await runInProcess(['runs', 'list']);
    expect(code).toBe(66);
    expect(lastLine(stderr)).toContain('E_NO_RUNS');
  });
});

describe('rlprompt runs remove', () => {
  it('removes with --yes, and only what was named', async () => {
    const folder = folderOf({ a: {}, b: {} });
    const { code, stdout } = await runInProcess(['runs', 'remove', join(folder, 'a'), '--yes']);
    expect(code).toBe(0);
    expect(stdout).toBe(`removed ${join(folder, 'a')}\n`);
    expect([existsSync(join(folder, 'a')), existsSync(join(folder, 'b'))]).toEqual([false, true]);
  });

  it('removes the run in whose folder it is called', async () => {
    const folder = folderOf({ a: {} });
    const { code, stdout, stderr } = await runInProcess(['runs', 'remove', '.', '--yes'], { cwd: join(folder, 'a') });
    expect([code, stdout], stderr).toEqual([0, 'removed .\n']);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  it('takes a run that is named twice as one', async () => {
    const folder = folderOf({ a: {} });
    const twice = await runInProcess(['runs', 'remove', 'a', './a', '--yes'], { cwd: folder });
    expect([twice.code, twice.stdout], twice.stderr).toEqual([0, 'removed a\n']);
  });

  it.skipIf(!hasTerminals)('asks in a terminal, and removes nothing after Ctrl-C or a no', async () => {
    const folder = folderOf({ a: {} });
    const ask = (key: string) =>
      inTerminal(`${process.execPath} ${BIN} runs remove a`, [['(Enter)', key]], { cwd: folder });
    const stopped = await ask('\u0003');
    expect([stopped.code, stopped.output]).toEqual([130, expect.stringContaining('E_INTERRUPTED: no run was removed')]);
    expect((await ask('\r')).code).toBe(64);
    expect(existsSync(join(folder, 'a', 'run.json'))).toBe(true);
    expect((await ask('yes\r')).code).toBe(0);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  it('removes nothing where nobody can say yes', async () => {
    const folder = folderOf({ a: {} });
    const { code, stderr } = await runCli(['runs', 'remove', join(folder, 'a')], { stdin: 'yes\n' });
    expect(code).toBe(64);
    expect(lastLine(stderr)).toContain('E_NOT_CONFIRMED');
    expect(existsSync(join(folder, 'a', 'run.json'))).toBe(true);
  });

  it('removes none of several where one is being written', async () => {
    const folder = folderOf({ free: {}, held: {} });
    const lock = acquireLock(join(folder, 'held', 'lock'), { since: '2026-01-01T00:00:00.000Z' });
    const { code, stderr } = await runInProcess(['runs', 'remove', join(folder, 'free'), join(folder, 'held'), '-y']);
    lock.release();
    expect(code).toBe(75);
    expect(lastLine(stderr)).toContain('E_RUN_LOCKED');
    expect(existsSync(join(folder, 'free', 'run.json'))).toBe(true);
    expect(existsSync(join(folder, 'free', 'lock'))).toBe(false);
  });

  it('never touches a folder that is no run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rlprompt-precious-'));
    writeFileSync(join(folder, 'thesis.txt'), 'precious');
    const { code } = await runInProcess(['runs', 'remove', folder, '--yes']);
    expect(code).toBe(66);
    expect(existsSync(join(folder, 'thesis.txt'))).toBe(true);
  });
});

describe('rlprompt compare of existing runs', () => {
  it('takes seeds of the same settings together, with mean and standard deviation', async () => {
    const runs = [makeReportRun(), makeReportRun({ seed: 1 }), makeReportRun({ trainer: 'soft-q-learning' })];
    const { code, stdout } = await runInProcess(['compare', ...runs, '--json']);
    expect(code).toBe(0);
    const { groups } = JSON.parse(stdout);
    expect(groups).toHaveLength(2);
    const both = groups.find(({ trainer }: { trainer: string }) => trainer === 'log-variance');
    expect(both.runs.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1]);
    expect(both.test.mean).toBeCloseTo(0.855, 9);
    expect(both.test.sd).toBeCloseTo(0.01 / Math.SQRT2, 9);
  });

  it('prints best dev rewards by forwards as a table', async () => {
    const { code, stdout } = await runInProcess(['compare', makeReportRun(), makeReportRun({ seed: 1 })]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/log-variance +0 1 +0\.865 ± 0\.014 +0\.855 ± 0\.007/);
    expect(stdout).toMatch(/Best reward on dev so far.*60,612\nlog-variance .*52\.5 ± 0\.7\n$/s);
  });
});
