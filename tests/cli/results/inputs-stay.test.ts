import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRun } from '../../export/make-run.js';
import { makeReportRun } from '../../report/report-run.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine } from '../spawn-cli.js';

const cwd = emptyFolder();
const ROWS = 'text,label\nbuy now,spam\nsee you,ham\n';
for (const name of ['rows.csv', 'dev.csv']) writeFileSync(join(cwd, name), ROWS);

/** A run on `rows.csv` with a dev split of its own. */
function runOnRows(): string {
  const runDir = makeRun({ texts: ['x'] });
  const file = join(runDir, 'run.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const config = { ...manifest.config, task: join(cwd, 'rows.csv'), dev: join(cwd, 'dev.csv') };
  writeFileSync(file, JSON.stringify({ ...manifest, config }));
  return runDir;
}

async function expectRefusal(args: readonly string[], file: string): Promise<void> {
  const before = readFileSync(join(cwd, file), 'utf8');
  const { code, stderr } = await runInProcess(args, { cwd });
  expect([code, lastLine(stderr)]).toEqual([73, expect.stringContaining('E_WOULD_OVERWRITE')]);
  expect(readFileSync(join(cwd, file), 'utf8')).toBe(before);
}

it.each(['rows.csv', 'dev.csv'])('eval writes over no data that a run names: %s', async (file) => {
  await expectRefusal(['eval', runOnRows(), '--per-example', file], file);
});

it('predict writes over no export that it reads, by its own name or by its folder', async () => {
  const made = await runInProcess(['export', makeRun({ texts: ['x'] }), '--format', 'json,txt', '--out', 'exported'], {
    cwd,
  });
  expect(made.code).toBe(0);
  for (const source of ['exported', 'exported/best.json']) {
    await expectRefusal(['predict', source, 'rows.csv', '--out', 'exported/best.json'], 'exported/best.json');
  }
});

it('what a run consists of stays, whichever command names it', async () => {
  const run = makeReportRun();
  const manifest = join(run, 'run.json');
  const log = join(run, 'events.jsonl');
  const before = [manifest, log].map((file) => readFileSync(file, 'utf8'));
  for (const args of [
    ['report', run, '--out', manifest],
    ['export', run, '--format', 'json', '--out', log, '--force'],
    ['predict', run, 'rows.csv', '--out', log],
  ]) {
    const { code, stderr } = await runInProcess(args, { cwd });
    expect([code, lastLine(stderr)]).toEqual([73, expect.stringContaining('E_WOULD_OVERWRITE')]);
  }
  expect([manifest, log].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  for (let time = 0; time < 2; time++) expect((await runInProcess(['report', run], { cwd })).code).toBe(0);
});

it('report writes over no matrix that it shows', async () => {
  const matrix = { schemaVersion: 1, split: 'test', rows: [], columns: [], cells: [] };
  writeFileSync(join(cwd, 'transfer.json'), JSON.stringify(matrix));
  await expectRefusal(
    ['report', makeReportRun(), '--transfer', 'transfer.json', '--out', 'transfer.json'],
    'transfer.json',
  );
});
