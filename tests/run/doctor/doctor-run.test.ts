import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { acquireLock } from '../../../src/files/lock/lock.js';
import { inspectRun } from '../../../src/run/doctor/inspect-run.js';
import { runInProcess } from '../../cli/in-process-cli.js';
import { emptyFolder, lastLine } from '../../cli/spawn-cli.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const cwd = emptyFolder();
let copies = 0;

beforeAll(async () => {
  const settings = { ...SMALL_RUN, task: writeSmallData(cwd) };
  await followRun({ ...settings, out: join(cwd, 'whole') });
  await followRun({ ...settings, out: join(cwd, 'stopped') }, {}, (event, controls) => {
    if (event.type === 'step-end' && event.step === 5) controls.stop('user');
  });
});

/** A copy of a run with something changed. */
function changed(run: 'whole' | 'stopped', change: (folder: string) => void): string {
  copies += 1;
  const folder = join(cwd, `${run}-${copies}`);
  cpSync(join(cwd, run), folder, { recursive: true });
  change(folder);
  return folder;
}

/** The checks that failed, and what can be saved. */
function look(folder: string): { bad: string[]; detail: string; next: string | undefined } {
  const files = () => readdirSync(folder, { recursive: true }).map(String).sort();
  const before = files();
  const findings = inspectRun(folder);
  expect(files()).toEqual(before);
  const { check, detail, next } = findings.at(-1)!;
  expect(check).toBe('what can be saved');
  return { bad: findings.filter(({ ok }) => !ok).map((finding) => finding.check), detail, next };
}

const lastCheckpoint = (folder: string): string => {
  const names = readdirSync(join(folder, 'checkpoints'))
    .filter((name) => name.startsWith('step-'))
    .sort();
  return join('checkpoints', names.at(-1)!);
};

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 9]! ^= 1;
  writeFileSync(path, bytes);
}

describe('doctor on a run folder', () => {
  it('finds nothing wrong with a whole run, finished or stopped', () => {
    const whole = join(cwd, 'whole');
    expect(look(whole)).toMatchObject({
      bad: [],
      detail: expect.stringContaining('come to its end'),
      next: `rlprompt export ${whole}`,
    });
    const stopped = join(cwd, 'stopped');
    expect(look(stopped)).toMatchObject({ bad: [], next: `rlprompt resume ${stopped}` });
  });

  it('takes the torn end that a kill leaves for what it is', () => {
    const folder = changed('stopped', (run) => appendFileSync(join(run, 'events.jsonl'), '{"seq":9'));
    expect(look(folder).bad).toEqual([]);
    expect(inspectRun(folder)[1]!.detail).toContain('8 bytes of an unfinished end');
  });

  it('names a damaged checkpoint, and resumes from the one before it', () => {
    const folder = changed('stopped', (run) => flipByte(join(run, lastCheckpoint(run))));
    const { bad, detail, next } = look(folder);
    expect(bad).toEqual([lastCheckpoint(folder)]);
    expect(detail).toMatch(/everything up to step \d/);
    expect(next).toBe(`rlprompt resume ${folder}`);
  });

  it('names a checkpoint that is whole but another one', () => {
    const folder = changed('stopped', (run) =>
      cpSync(join(cwd, 'whole/checkpoints/step-000006.safetensors'), join(run, lastCheckpoint(run))),
    );
    const finding = inspectRun(folder).find(({ ok }) => !ok);
    expect(finding?.detail).toContain('not the file that events.jsonl names');
  });

  it('says what is left where no checkpoint is whole', () => {
    const folder = changed('stopped', (run) => {
      for (const name of readdirSync(join(run, 'checkpoints'))) truncateSync(join(run, 'checkpoints', name), 100);
    });
    const { bad, next } = look(folder);
    expect(bad).toContain('what can be saved');
    expect(next).toBe(`rlprompt top ${folder}`);
  });

  it('says what is left without a manifest, without scores, and of damaged lines', () => {
    const headless = changed('stopped', (run) => rmSync(join(run, 'run.json')));
    expect(look(headless)).toMatchObject({
      bad: ['run.json', 'what can be saved'],
      next: 'restore run.json from a copy',
    });
    const foreign = changed('stopped', (run) => writeFileSync(join(run, 'scores.bin'), 'something else entirely'));
    expect(look(foreign)).toMatchObject({
      bad: ['scores.bin', 'what can be saved'],
      next: expect.stringContaining('move scores.bin away'),
    });
    const torn = changed('stopped', (run) => {
      const log = readFileSync(join(run, 'events.jsonl'), 'utf8').split('\n');
      writeFileSync(join(run, 'events.jsonl'), log.with(1, '{"seq":').join('\n'));
    });
    expect(look(torn).bad).toEqual(['events.jsonl']);
    const begun = changed('stopped', (run) => {
      rmSync(join(run, 'checkpoints'), { recursive: true });
      mkdirSync(join(run, 'checkpoints'));
    });
    expect(look(begun)).toMatchObject({ bad: [], detail: expect.stringContaining('begins again') });
  });

  it('names a device in place of the event log', () => {
    const folder = changed('whole', (run) => {
      rmSync(join(run, 'events.jsonl'));
      symlinkSync('/dev/zero', join(run, 'events.jsonl'));
    });
    expect(inspectRun(folder)[1]).toMatchObject({ ok: false, detail: expect.stringMatching(/^a device/) });
  });

  it('leaves a run that is being written alone', () => {
    const folder = changed('stopped', () => {});
    const lock = acquireLock(join(folder, 'lock'), { since: 'now' });
    expect(look(folder)).toMatchObject({ bad: [], detail: expect.stringContaining('under way') });
    lock.release();
  });

  it('ends with 0 or 65, and its advice works', async () => {
    const good = await runInProcess(['doctor', 'whole'], { cwd });
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toMatch(/^ok +run\.json +task/);
    const folder = changed('stopped', (run) => flipByte(join(run, lastCheckpoint(run))));
    const bad = await runInProcess(['doctor', folder, '--json'], { cwd });
    expect(bad.code).toBe(65);
    expect(lastLine(bad.stderr)).toMatch(
      /^rlprompt: E_DOCTOR: checkpoints\/step-\d+\.safetensors: .* · rlprompt resume /,
    );
    expect(JSON.parse(bad.stdout)).toMatchObject({ schemaVersion: 1, findings: expect.any(Array) });
    expect((await runInProcess(['resume', folder, '--ui', 'none'], { cwd })).code).toBe(0);
    expect((await runInProcess(['doctor', folder], { cwd })).code).toBe(0);
  });
});
