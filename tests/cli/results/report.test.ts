import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeReportRun } from '../../report/report-run.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, runCli } from '../spawn-cli.js';

describe('rlprompt report', () => {
  it('writes one page into the run and says where', async () => {
    const runDir = makeReportRun();
    const { code, stdout } = await runInProcess(['report', runDir]);
    expect(code).toBe(0);
    expect(stdout).toBe(`${join(runDir, 'report.html')}\n`);
    expect(readFileSync(stdout.trim(), 'utf8')).toContain('<title>spam: a prompt for mail-gpt-4m</title>');
  });

  it('sets runs side by side in the file that --out names', async () => {
    const out = join(emptyFolder(), 'both.html');
    const { code } = await runInProcess(['report', makeReportRun(), makeReportRun({ seed: 1 }), '--out', out]);
    expect(code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('2 runs on spam');
  });

  it('replaces an earlier report, and no other file', async () => {
    const folder = emptyFolder();
    const report = (file: string) => runInProcess(['report', makeReportRun(), '--out', join(folder, file)]);
    expect((await report('page.html')).code).toBe(0);
    expect((await report('page.html')).code).toBe(0);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { code, stderr } = await report('notes.txt');
    expect([code, lastLine(stderr)]).toEqual([73, expect.stringContaining('it is there and is not a report')]);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('starts the browser with --open', async () => {
    const folder = emptyFolder();
    const opened = join(folder, 'opened');
    writeFileSync(
      join(folder, 'xdg-open'),
      `#!/bin/sh\nprintf %s "$1" > ${opened}.part\nmv ${opened}.part ${opened}\n`,
    );
    chmodSync(join(folder, 'xdg-open'), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { code, stdout } = await runCli(['report', makeReportRun(), '--open'], { env });
    expect(code).toBe(0);
    await expect.poll(() => existsSync(opened) && readFileSync(opened, 'utf8')).toBe(stdout.trim());
  });

  it('warns where there is no browser, and has written the page', async () => {
    const path = emptyFolder();
    const { code, stdout, stderr } = await runCli(['report', makeReportRun(), '--open'], { env: { PATH: path } });
    expect(code).toBe(0);
    expect(stderr).toContain('no browser could be started');
    expect(existsSync(stdout.trim())).toBe(true);
  });

  it.each([
    ['a run that is not there', ['report', 'nowhere'], 66, 'E_RUN_NOT_FOUND'],
    ['no run', ['report'], 64, 'E_USAGE'],
  ])('refuses %s', async (_, args, code, name) => {
    const outcome = await runInProcess(args);
    expect(outcome.code).toBe(code);
    expect(lastLine(outcome.stderr)).toContain(`rlprompt: ${name}: `);
  });

  it('refuses a transfer file of another kind, and one that is missing', async () => {
    const file = join(emptyFolder(), 'transfer.json');
    const args = ['report', makeReportRun(), '--transfer', file];
    expect((await runInProcess(args)).code).toBe(66);
    writeFileSync(file, '{"rows": []}');
    const { code, stderr } = await runInProcess(args);
    expect(code).toBe(65);
    expect(lastLine(stderr)).toContain('E_TRANSFER_FILE');
  });

  it('says what it cannot write', async () => {
    const folder = join(emptyFolder(), 'taken');
    mkdirSync(folder);
    const { code } = await runInProcess(['report', makeReportRun(), '--out', folder]);
    expect([73, 74]).toContain(code);
  });
});
