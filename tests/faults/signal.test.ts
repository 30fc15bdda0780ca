import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Rng } from '../../src/random/rng.js';
import { readLatestCheckpoint } from '../../src/run/checkpoint/checkpoint.js';
import { readEvents } from '../../src/run/store/event-log.js';
import { BIN } from '../cli/spawn-cli.js';

/** The long form: `RLPROMPT_TEST_SIGNALS=40 RLPROMPT_TEST_SIGNAL_LIMIT=2000 RLPROMPT_TEST_SIGNAL_TARGET=FOLDER`. */
const SIGNALS = Number(process.env.RLPROMPT_TEST_SIGNALS ?? 6);
/** Milliseconds. Two seconds are promised; a busy machine takes longer. */
const LIMIT_MS = Number(process.env.RLPROMPT_TEST_SIGNAL_LIMIT ?? 8000);
const TARGET = process.env.RLPROMPT_TEST_SIGNAL_TARGET;
const STEPS = process.env.RLPROMPT_TEST_SIGNAL_STEPS ?? '4';
const base = mkdtempSync(join(tmpdir(), 'rlprompt-signal-'));

afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Ended {
  readonly runDir: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly { readonly type: string; readonly phase?: string }[];
  readonly lastLine: string;
  /** How long the whole took, and how long after the signal. */
  readonly ms: number;
  readonly msAfter: number;
}

function run(name: string, signalAfterMs?: number): Promise<Ended> {
  const runDir = join(base, name);
  const target = TARGET === undefined ? [] : ['--target', TARGET, '--generator', TARGET];
  const args = ['run', 'asking-mail', '--steps', STEPS, '--seed', '1', '--out', runDir, '--ui', 'json', ...target];
  const env = { ...process.env, XDG_CACHE_HOME: join(base, 'cache'), XDG_DATA_HOME: join(base, 'data') };
  const began = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let sentAt = Number.NaN;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const send = (): void => {
    sentAt = performance.now();
    child.kill('SIGINT');
  };
  const timer = signalAfterMs === undefined ? undefined : setTimeout(send, signalAfterMs);
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const now = performance.now();
      const lines = said.trimEnd().split('\n');
      const events = lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      done({ runDir, code, signal, events, lastLine: lines.at(-1) ?? '', ms: now - began, msAfter: now - sentAt });
    });
  });
}

/** What the run was doing, as far as it said. */
function phaseOf({ events }: Ended): string {
  return events.findLast(({ type }) => type === 'phase-start')?.phase ?? 'start';
}

it.skipIf(process.platform === 'win32')(
  `a run ends soon, says what is kept and leaves a folder that can be read after SIGINT at ${SIGNALS} random moments`,
  async () => {
    const whole = await run('whole');
    expect(whole.code).toBe(0);
    const rng = Rng.create(Number(process.env.RLPROMPT_TEST_SIGNAL_SEED ?? 1), 'sampling');
    for (let i = 0; i < SIGNALS; i++) {
      // One moment in each equal part of the run: every phase has its share.
      const after = ((i + rng.float()) / SIGNALS) * whole.ms;
      const ended = await run(`at-${i}`, after);
      const moment = `${Math.round(after)} ms, ${phaseOf(ended)}: ${ended.lastLine}`;
      if (process.env.RLPROMPT_TEST_SIGNALS) {
        process.stdout.write(`${Math.round(ended.msAfter)} ms ${ended.code ?? ended.signal} after ${moment}\n`);
      }
      if (ended.code === 0) continue;
      if (existsSync(ended.runDir)) {
        expect(readLatestCheckpoint(ended.runDir)?.warnings ?? [], moment).toEqual([]);
        expect([...readEvents(ended.runDir)].length, moment).toBeGreaterThanOrEqual(ended.events.length - 1);
      }
      // Before its first line Node itself answers: nothing was begun, and nothing can be said.
      if (ended.signal === 'SIGINT' && ended.lastLine === '' && !existsSync(ended.runDir)) continue;
      expect(ended.code ?? ended.signal, moment).toSatisfy((end) => end === 130 || end === 'SIGINT');
      expect(ended.lastLine, moment).toMatch(/E_INTERRUPTED: .* · /);
      expect(ended.msAfter, moment).toBeLessThan(LIMIT_MS);
    }
  },
  600_000,
);
