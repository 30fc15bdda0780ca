import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { reportCheck } from '../../../src/cli/runs/report-check.js';
import { EXPORT_FORMATS } from '../../../src/export/formats.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

/** A finished run of a calibrated task on a data file. */
async function tinyRun(): Promise<string> {
  const { cwd, flags } = tinyTask();
  const limits = ['--steps', '2', '--prompts-per-step', '4', '--shots', '3', '--prompt-length', '2'];
  const models = ['--generator', TINY_MODEL, '--calibrate', 'inputs', '--template', 'Mail: {input} {{x}} {prompt} ='];
  const args = ['run', 'mails.csv', ...flags, ...limits, ...models, '--out', 'run', '--ui', 'none'];
  const { code, stderr } = await runInProcess(args, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return cwd;
}

describe('export --verify', { timeout: 180_000 }, () => {
  it('scores what was written again, in every format, and fails where the run says another score', async () => {
    const cwd = await tinyRun();
    const names = EXPORT_FORMATS.map(({ name }) => name);
    const all = ['export', 'run', '--format', names.join(','), '--output', 'out', '--verify'];
    const { code, stderr } = await runInProcess(all, { cwd });
    const verified = stderr.split('\n').filter((line) => line.startsWith('verified'));
    expect(verified.map((line) => line.split(/[ :]/)[1])).toEqual(names);
    for (const line of verified) {
      const [, inRun, fromExport] = /dev accuracy (\S+) in the run, (\S+) from the export \(6 examples\)$/.exec(line)!;
      expect(fromExport).toBe(inRun);
    }
    expect(code).toBe(0);
    expect(stderr).toContain('warning: the harness does not take label offsets off as this run does');
    expect(JSON.parse(readFileSync(join(cwd, 'out/best.json'), 'utf8')).labelOffsets).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);

    const log = join(cwd, 'run/events.jsonl');
    writeFileSync(log, readFileSync(log, 'utf8').replace(/"dev":\{"accuracy":[^}]*\}/g, '"dev":{"accuracy":0.123}'));
    const changed = await runInProcess(['export', 'run', '--format', 'txt', '--verify'], { cwd });
    expect(changed.code).toBe(65);
    expect(lastLine(changed.stderr)).toMatch(/E_EXPORT_MISMATCH: txt: dev accuracy 0\.1230 in the run, \S+ from/);
  });
});

it('an export whose program gives other labels than its words stand for is no true one', () => {
  const check = { metric: 'accuracy', inRun: 1, fromExport: 1, n: 6, isSameText: true, isReadAlike: false };
  const stderr = new PassThrough() as unknown as NodeJS.WriteStream;
  expect(() => reportCheck(check, { name: 'ts', where: 'best.ts' }, { stderr })).toThrow(
    'ts: classify gives other labels than its words, weights and offsets stand for',
  );
});
