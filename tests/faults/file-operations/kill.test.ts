import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../src/files/file-system.js';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { readEvents } from '../../../src/run/store/logs/event-log.js';
import { compileProgram } from '../../compile-program.js';
import { tell } from '../report/figures.js';
import { faultyFileSystem } from './faulty-file-system.js';
import { prepareToyRun, toyRun } from './toy-run.js';

const KILLS = Math.max(60, Number(process.env.RLPROMPT_TEST_KILLS ?? 0));
const STEPS = 600;
/** Generous: a busy machine takes ten times as long to start a process. */
const TIMEOUT_MS = 120_000 + KILLS * 2000;
const base = mkdtempSync(join(tmpdir(), 'rlprompt-kill-'));
const program = compileProgram('tests/faults/file-operations/toy-program.ts', base);

afterAll(() => rmSync(base, { recursive: true, force: true }));

function newRun(name: string): string {
  const runDir = join(base, name, 'run');
  mkdirSync(runDir, { recursive: true });
  prepareToyRun(runDir);
  return runDir;
}

function linesOf(runDir: string, file: string): string[] {
  const path = join(runDir, '..', file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function leftovers(runDir: string): string[] {
  const names = [runDir, join(runDir, 'checkpoints')].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder) : [],
  );
  return names.filter((name) => name.includes('.tmp') || name.startsWith('lock'));
}

/** Kills the program a while after it has begun; resolves to what it printed and its exit code, null when killed. */
function runAndKill(runDir: string, afterMs: number): Promise<{ output: string; errors: string; code: number | null }> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(process.execPath, [program, runDir, String(STEPS)]);
    let output = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout!.on('data', (text: Buffer) => {
      if (output === '') timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      output += text.toString();
    });
    child.stderr!.on('data', (text: Buffer) => {
      errors += text.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ output, errors, code });
    });
  });
}

/** `paid` and `acknowledged` are written in the order in which things happened: a reward that was safe is never paid for again. */
function expectNothingPaidTwice(runDir: string): void {
  const paid = linesOf(runDir, 'paid');
  const acknowledged = linesOf(runDir, 'acknowledged');
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  const lastPaid = new Map(paid.map((key, i) => [key, i]));
  const order = acknowledged.map((key) => lastPaid.get(key)!);
  expect(order).toEqual([...order].sort((a, b) => a - b));
}

describe('a run that is killed', () => {
  const unbroken = toyRun(newRun('unbroken'), { fs: nodeFileSystem, steps: STEPS });

  it(
    `ends with the checkpoint of an unbroken run after kill -9 at ${KILLS} random moments, no safe reward lost`,
    async (context) => {
      let kills = 0;
      let betweenCheckpoints = 0;
      for (let run = 0; kills < KILLS; run++) {
        const runDir = newRun(`random-${run}`);
        let end = { output: '', errors: '', code: null as number | null };
        while (end.code === null) {
          // A spread over the whole cycle; which moment is hit depends on the machine anyway.
          end = await runAndKill(runDir, kills < KILLS ? (kills * 7.3) % 25 : 60_000);
          expect(end.errors).toBe('');
          if (end.code !== null) break;
          kills += 1;
          betweenCheckpoints += [...readEvents(runDir)].at(-1)?.type === 'checkpoint-saved' ? 0 : 1;
          expect(readLatestCheckpoint(runDir)?.warnings ?? []).toEqual([]);
        }
        expect(end.code).toBe(0);
        expect(end.output.split('\n').at(-2)).toBe(unbroken);
        expectNothingPaidTwice(runDir);
        expect(new Set(linesOf(runDir, 'paid')).size).toBe(STEPS * 4);
        expect([...readEvents(runDir)].map(({ seq }) => seq)).toEqual(
          Array.from({ length: STEPS + STEPS / 3 }, (_, i) => i + 1),
        );
        expect(leftovers(runDir)).toEqual([]);
      }
      expect(betweenCheckpoints).toBeGreaterThan(KILLS / 10);
      tell(context, { kills, rewardsLost: 0 });
    },
    TIMEOUT_MS,
  );

  it(
    'recovers from a kill before each file operation of a cycle, and after the last',
    async (context) => {
      const start = newRun('exact-start');
      toyRun(start, { fs: nodeFileSystem, steps: 6 });
      const expected = toyRun(copyOf(start, 'exact-expected'), { fs: nodeFileSystem, steps: 9 });
      const { fs, operations } = faultyFileSystem();
      toyRun(copyOf(start, 'exact-count'), { fs, steps: 9 });
      expect(operations.length).toBeGreaterThan(25);
      // Between two operations nothing reaches the disk: after one is before the next.
      const points = [...operations.map((_, i) => [i + 1, 'before'] as const), [operations.length, 'after'] as const];
      await eachOfSeveral(points, async ([at, when]) => {
        const runDir = copyOf(start, `exact-${at}-${when}`);
        await expectKilled(spawn(process.execPath, [program, runDir, '9', String(at), when]));
        expect(readLatestCheckpoint(runDir)?.warnings).toEqual([]);
        const paidBefore = linesOf(runDir, 'acknowledged');
        const paidAgain: string[] = [];
        const sha256 = toyRun(runDir, { fs: nodeFileSystem, steps: 9, pay: (key) => paidAgain.push(key) });
        expect(sha256, `killed ${when} ${operations[at - 1]} ${at}`).toBe(expected);
        expect(paidAgain.filter((key) => paidBefore.includes(key))).toEqual([]);
        expect([...readEvents(runDir)].map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, j) => j + 1));
        expect(leftovers(runDir)).toEqual([]);
      });
      tell(context, { kills: points.length });
    },
    TIMEOUT_MS,
  );
});

async function expectKilled(child: ChildProcess): Promise<void> {
  const signal = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, by) => resolve(by));
  });
  expect(signal).toBe('SIGKILL');
}

/** Three at a time: starting a process leaves a processor idle now and then. */
async function eachOfSeveral<T>(items: readonly T[], visit: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await visit(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}

function copyOf(runDir: string, name: string): string {
  const copy = newRun(name);
  cpSync(runDir, copy, { recursive: true });
  return copy;
}
