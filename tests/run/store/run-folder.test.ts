import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/events.js';
import { EventLog } from '../../../src/run/store/logs/event-log.js';
import { createRunFolder, openRunFolder, requireRun, resultOf } from '../../../src/run/store/run-folder.js';
import { temporaryFolder } from '../temporary-folder.js';

const now = new Date(2025, 10, 22, 7, 5, 11);
const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  process.chdir(folder);
});
afterEach(() => process.chdir(home));

const failure = (code: string, exitCode: number, message = /./) =>
  expect.objectContaining({ code, exitCode, message: expect.stringMatching(message) as string });

function makeRun(path: string): void {
  createRunFolder({ task: 'spam', now, out: path }).close();
  writeFileSync(join(path, 'run.json'), '{}');
}

function finish(path: string): void {
  const log = EventLog.open(path, undefined);
  const result = { stopReason: 'steps', steps: 80 } as RunResult;
  log.append({ type: 'run-end', step: 80, result });
  log.close();
}

describe('createRunFolder', () => {
  it('names the folder after task and time, and gives runs of one second folders of their own', () => {
    const runs = [1, 2, 3].map(() => createRunFolder({ task: 'spam', now }));
    expect(runs.map(({ path }) => path)).toEqual([
      'runs/spam-20251122-070511',
      'runs/spam-20251122-070511-2',
      'runs/spam-20251122-070511-3',
    ]);
    for (const run of runs) run.close();
  });

  it('makes a name that is safe out of any task', () => {
    const run = createRunFolder({ task: '../../my täsk.csv', now });
    expect(run.path).toBe('runs/my-t-sk-csv-20251122-070511');
    run.close();
  });

  it('takes a new folder and an empty one, and leaves nothing but itself behind', () => {
    for (const out of ['a/b/c', 'a/b/c']) createRunFolder({ task: 'spam', now, out }).close();
    expect(readdirSync('a/b/c')).toEqual([]);
  });

  it('takes a folder in which an earlier start was killed before it was a run', () => {
    mkdirSync('killed');
    for (const trace of ['.lock.4194999-0123456789ab.tmp', '.run.json.4194999-0123456789ab.tmp'])
      writeFileSync(join('killed', trace), 'x');
    createRunFolder({ task: 'spam', now, out: 'killed' }).close();
    expect(readdirSync('killed')).toEqual([]);
  });

  it('refuses a folder that holds something else, and writes nothing into it', () => {
    mkdirSync('mine');
    writeFileSync('mine/thesis.tex', '');
    expect(() => createRunFolder({ task: 'spam', now, out: 'mine' })).toThrow(
      failure('E_FOLDER_NOT_EMPTY', 73, /thesis\.tex/),
    );
    expect(readdirSync('mine')).toEqual(['thesis.tex']);
  });

  it('refuses a folder that holds a run, with the command to resume it; a run under way is locked', () => {
    makeRun('old');
    const next = 'rlprompt resume old';
    expect(() => createRunFolder({ task: 'spam', now, out: 'old' })).toThrow(
      expect.objectContaining({ code: 'E_RUN_EXISTS', exitCode: 73, next }),
    );
    const run = openRunFolder('old', { now });
    expect(() => createRunFolder({ task: 'spam', now, out: 'old' })).toThrow(failure('E_RUN_LOCKED', 75));
    expect(() => openRunFolder('old', { now })).toThrow(failure('E_RUN_LOCKED', 75));
    run.close();
    run.close();
    openRunFolder('old', { now }).close();
  });

  it('says where a folder cannot be made, exit 73', () => {
    writeFileSync('file', '');
    expect(() => createRunFolder({ task: 'spam', now, out: 'file' })).toThrow(failure('E_CANNOT_CREATE', 73));
    expect(() => createRunFolder({ task: 'spam', now, out: 'file/below' })).toThrow(failure('E_CANNOT_CREATE', 73));
    symlinkSync('nowhere', 'dangling');
    expect(() => createRunFolder({ task: 'spam', now, out: 'dangling' })).toThrow(failure('E_CANNOT_CREATE', 73));
    expect(() => createRunFolder({ task: 'spam', now, out: '/proc/none' })).toThrow(failure('E_CANNOT_CREATE', 73));
  });

  it.each(['', ' ', '-rf', 'runs/-x', 'CON', 'a/nul.txt', 'a\0b', 'a\nb', 'x'.repeat(300), 'name.', 'a/b '])(
    'refuses the name %j before anything is created',
    (out) => {
      expect(() => createRunFolder({ task: 'spam', now, out })).toThrow(failure('E_RUN_NAME', 78));
      expect(readdirSync('.')).toEqual([]);
    },
  );

  it.each(['./x', '../below', 'runs/CONSOLE', 'ü/ä 1', '.'])('takes the path %j', (out) => {
    mkdirSync('inner');
    process.chdir('inner');
    createRunFolder({ task: 'spam', now, out }).close();
    expect(existsSync(out)).toBe(true);
  });
});

describe('openRunFolder', () => {
  it('says of a missing path, a file and another folder what they are, exit 66', () => {
    mkdirSync('empty');
    writeFileSync('file', '');
    expect(() => openRunFolder('none', { now })).toThrow(failure('E_RUN_NOT_FOUND', 66, /no run none/));
    expect(() => openRunFolder('empty', { now })).toThrow(failure('E_NOT_A_RUN', 66, /a folder without run\.json/));
    expect(() => requireRun('file')).toThrow(failure('E_NOT_A_RUN', 66, /a file/));
    expect(readdirSync('empty')).toEqual([]);
  });

  it('removes what a killed process left half-written', () => {
    makeRun('run');
    mkdirSync('run/checkpoints');
    const traces = [
      'run/.best.json.4194999-0123456789ab.tmp',
      'run/checkpoints/.step-000001.ckpt.4194999-0123456789ab.tmp',
    ];
    for (const trace of traces) writeFileSync(trace, 'x');
    openRunFolder('run', { now }).close();
    for (const trace of traces) expect(readdirSync(dirname(trace)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('says that a run is finished', () => {
    makeRun('run');
    expect(resultOf('run')).toBeUndefined();
    finish('run');
    expect(resultOf('run')).toMatchObject({ steps: 80 });
    const next = 'another --out, or: rlprompt top run';
    expect(() => createRunFolder({ task: 'spam', now, out: 'run' })).toThrow(expect.objectContaining({ next }));
    rmSync('run', { recursive: true });
  });
});
