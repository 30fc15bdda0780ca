import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { TransferMatrix } from '../../../src/analysis/transfer.js';
import { makeReportRun } from '../../report/report-run.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

/** The tiny task, without the target LM among its flags, and a copy of the tiny model under another name. */
function tinyPair() {
  const { cwd, flags } = tinyTask();
  cpSync(TINY_MODEL, join(cwd, 'other-gpt2'), { recursive: true });
  return { cwd, flags: flags.slice(0, 2), targets: ['--target', TINY_MODEL, '--target', './other-gpt2'] };
}

const COLUMNS = ['--text-column', 'text', '--label-column', 'label'];

describe('rlprompt transfer', { timeout: 60_000 }, () => {
  it('scores prompts with every target LM, the empty prompt beside them, as eval does', async () => {
    const { cwd, flags, targets } = tinyPair();
    const task = ['--task', 'mails.csv', ...COLUMNS, ...flags];
    const { code, stdout, stderr } = await runInProcess(
      ['transfer', 'call now', 'see you', ...task, ...targets, '--json'],
      {
        cwd,
      },
    );
    expect(stderr).toContain('2 of 2');
    expect(code).toBe(0);
    const matrix: TransferMatrix = JSON.parse(stdout);
    expect(matrix.rows.map(({ prompt, origin }) => [prompt, origin])).toEqual([
      ['call now', 'given'],
      ['see you', 'given'],
      ['', 'empty'],
    ]);
    expect(matrix.columns.map(({ n }) => n)).toEqual([24, 24]);
    const evaluated = await runInProcess(
      ['eval', 'mails.csv', ...COLUMNS, ...flags, '--target', TINY_MODEL, '-p', 'call now', '--json'],
      { cwd },
    );
    const [{ accuracy, reward }] = JSON.parse(evaluated.stdout).results;
    for (const cell of matrix.cells[0]!) expect(cell).toEqual({ metrics: { accuracy }, reward });
  });

  it('reads what a run found, and the baselines beside it, as the run did', async () => {
    const { cwd } = tinyPair();
    const search = [
      ...['--steps', '1', '--prompts-per-step', '4', '--evaluation-every', '1', '--test-size', '60'],
      ...['--out', 'run', '--json'],
    ];
    const run = JSON.parse((await runInProcess(['run', 'spam', ...search], { cwd })).stdout);
    expect(run.best.classifier.words[0].words.length).toBeGreaterThan(1);
    const { stdout } = await runInProcess(['transfer', 'run', '-n', '1', '--target', 'mail-gpt-4m', '--json'], { cwd });
    const { rows, cells }: TransferMatrix = JSON.parse(stdout);
    const of = (prompt: string) => cells[rows.findIndex((row) => row.prompt === prompt)]![0]!.metrics.accuracy;
    expect(of(run.best.prompt)).toBe(run.best.test.accuracy);
    expect(of('')).toBe(run.baselines.empty.test.accuracy);
    const scored = await runInProcess(['eval', 'run', '--json'], { cwd });
    expect(JSON.parse(scored.stdout).results[0]).toMatchObject({
      prompt: run.best.prompt,
      accuracy: run.best.test.accuracy,
    });
  });

  it('reads another task by that task alone, whatever files and labels the run was given', async () => {
    const { cwd } = tinyPair();
    const text = readFileSync(join(cwd, 'mails.csv'), 'utf8');
    const [header, ...rows] = text.trim().split('\n');
    for (const name of ['dev', 'test'])
      writeFileSync(join(cwd, `${name}.csv`), [header, ...rows.slice(0, 8)].join('\n'));
    writeFileSync(join(cwd, 'other.csv'), text.replaceAll('offer', 'prize').replaceAll('meeting', 'party'));
    const small = ['--steps', '1', '--prompts-per-step', '4', '--shots', '4', '--candidates', '2', '--ui', 'none'];
    const words = ['--verbalizer', 'bad=the,good=a', '--target', TINY_MODEL, '--generator', TINY_MODEL];
    const given = ['run', 'mails.csv', '--dev', 'dev.csv', '--test', 'test.csv', ...words, ...small, '--out', 'given'];
    expect((await runInProcess(given, { cwd })).code).toBe(0);
    const other = [
      'transfer',
      'given',
      '--task',
      'other.csv',
      '--task',
      'spam',
      '--truncate',
      'tail',
      '--target',
      TINY_MODEL,
      '--json',
    ];
    const { code, stdout, stderr } = await runInProcess(other, { cwd });
    expect(code, stderr).toBe(0);
    const { columns }: TransferMatrix = JSON.parse(stdout);
    expect(columns.map(({ n }) => n)).toEqual([24, 350]);
  });

  it('feeds the report', async () => {
    const { cwd, flags, targets } = tinyPair();
    const { stdout } = await runInProcess(
      ['transfer', 'call <b>now', '--task', 'mails.csv', ...COLUMNS, ...flags, ...targets, '--json'],
      { cwd },
    );
    writeFileSync(join(cwd, 'transfer.json'), stdout);
    const { code } = await runInProcess(
      ['report', makeReportRun(), '--transfer', 'transfer.json', '--out', 'page.html'],
      {
        cwd,
      },
    );
    expect(code).toBe(0);
    const page = readFileSync(join(cwd, 'page.html'), 'utf8');
    expect(page).toMatch(/id="transfer".*call &lt;b&gt;now/s);
  });

  it('prints a table, or CSV with one row a score', async () => {
    const { cwd, flags, targets } = tinyPair();
    const args = ['transfer', '=now', '--task', 'mails.csv', ...COLUMNS, ...flags, ...targets];
    const csv = await runInProcess([...args, '--csv'], { cwd });
    const rows: { prompt: string; from: string; accuracy: string }[] = parse(csv.stdout, { columns: true });
    expect(rows.map(({ prompt, from }) => [prompt, from])).toEqual([
      ["'=now", 'given'],
      ["'=now", 'given'],
      ['', 'empty'],
      ['', 'empty'],
    ]);
    const table = await runInProcess(args, { cwd });
    expect(table.stdout).toContain(`"=now"`);
    expect(table.stdout).toContain('given     ');
  });

  it.each([
    ['prompts without a task', ['transfer', 'This mail', '--target', 'x'], 64, '--task'],
    ['a run without a target LM', ['transfer', makeReportRun()], 64, '--target'],
    ['a mistyped run', ['transfer', 'runs/spam-2026', '--target', 'x'], 66, 'E_RUN_NOT_FOUND'],
  ])('refuses %s', async (_, args, code, text) => {
    const outcome = await runInProcess(args);
    expect(outcome.code).toBe(code);
    expect(lastLine(outcome.stderr)).toContain(text);
  });
});
