import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Rng } from '../../src/random/rng.js';
import { readLatestCheckpoint } from '../../src/run/checkpoint/checkpoint.js';
import { readEvents } from '../../src/run/store/logs/event-log.js';
import { BIN } from '../cli/spawn-cli.js';

/** The long form: `RLPROMPT_TEST_SIGNALS=40 RLPROMPT_TEST_SIGNAL_LIMIT=2000 RLPROMPT_TEST_SIGNAL_TARGET=FOLDER`. */
const SIGNALS = Number(process.env.RLPROMPT_TEST_SIGNALS ?? 6);
/** Milliseconds. Two seconds are promised; a busy machine takes longer. */
const LIMIT_MS = Number(process.env.RLPROMPT_TEST_SIGNAL_LIMIT ?? 8000);
const TARGET = process.env.RLPROMPT_TEST_SIGNAL_TARGET;
const STEPS = process.env.RLPROMPT_TEST_SIGNAL_STEPS ?? '4';
const base = mkdtempSync(join(tmpdir(), 'rlprompt-signal-'));

/** A reward for which the target LM writes, as for `asking-mail`, with few enough rows to come by every phase in seconds. */
const TASK = join(base, 'asking.task.mjs');
writeFileSync(
  TASK,
  `const rows = (...texts) => texts.map((text) => ({ text }));
  export default { kind: 'custom', name: 'asking', manualPrompts: ['Could you tell me', 'What do you think?'], rewardRange: [0, 100],
    examples: {
      train: rows('Hello Anna,', 'The draft you sent', 'About the meeting'), dev: rows('Dear all,', 'Our next call'), test: rows('Hi Tom,', 'The report'),
    },
    async reward({ prompts, examples }, { generate }) {
      const texts = prompts.flatMap((prompt) => examples.map(({ text }) => prompt + ' ' + text));
      const mails = await generate({ texts, maxNewTokens: 12 });
      const asks = (p) => mails.slice(p * examples.length, (p + 1) * examples.length).filter(([mail]) => mail.includes('?'));
      return prompts.map((_, p) => (100 * asks(p).length) / examples.length);
    } };\n`,
);

afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Ended {
  readonly runDir: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly events: readonly { readonly type: string; readonly phase?: string }[];
  readonly lastLine: string;
  /** When each phase began, the program's start first, and when all ended. */
  readonly phaseMs: readonly number[];
  /** How long it took after the signal. */
  readonly msAfter: number;
  /** Whether the program's own code had begun when the signal was sent; undefined where the system does not tell. */
  readonly hadBegun: boolean | undefined;
}

/** A moment of a run: milliseconds after its `phase` began, counted from 0, which is the program's start. */
interface Moment {
  readonly phase: number;
  readonly ms: number;
}

/**
 * Whether a process runs this program's code yet. Until then Node itself answers signals, which it does without a word. Node
 * ignores SIGXFSZ, and this program catches it soon after it hears SIGINT.
 */
function hasBegun(pid: number | undefined): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  const caught = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return caught !== undefined && ((BigInt(`0x${caught}`) >> BigInt(constants.signals.SIGXFSZ - 1)) & 1n) === 1n;
}

function run(name: string, signalAt?: Moment): Promise<Ended> {
  const runDir = join(base, name);
  const target = TARGET === undefined ? [] : ['--target', TARGET, '--generator', TARGET];
  const small = ['--inner-size', '64', '--candidates', '4'];
  const args = ['run', TASK, '--steps', STEPS, '--seed', '1', '--out', runDir, '--ui', 'json', ...small, ...target];
  const env = { ...process.env, XDG_CACHE_HOME: join(base, 'cache'), XDG_DATA_HOME: join(base, 'data') };
  const began = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const phaseMs: number[] = [];
  let sentAt = Number.NaN;
  let hadBegun: boolean | undefined;
  let timer: NodeJS.Timeout | undefined;
  const beginPhase = (): void => {
    if (signalAt?.phase === phaseMs.length) timer = setTimeout(send, signalAt.ms);
    phaseMs.push(performance.now() - began);
  };
  const send = (): void => {
    if (child.exitCode === null) hadBegun = hasBegun(child.pid);
    sentAt = performance.now();
    child.kill('SIGINT');
  };
  beginPhase();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (text.includes('"type":"phase-start"')) beginPhase();
  });
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const now = performance.now();
      const lines = said.trimEnd().split('\n');
      const events = lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      const lastLine = lines.at(-1) ?? '';
      const ended = { runDir, code, signal, events, lastLine, hadBegun };
      done({ ...ended, phaseMs: [...phaseMs, now - began], msAfter: now - sentAt });
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
    let stopped = 0;
    const rng = Rng.create(Number(process.env.RLPROMPT_TEST_SIGNAL_SEED ?? 1), 'sampling');
    for (let i = 0; i < SIGNALS; i++) {
      // Every phase has its share.
      const phase = i % (whole.phaseMs.length - 1);
      const [from, to] = whole.phaseMs.slice(phase, phase + 2) as [number, number];
      const ms = rng.float() * (to - from);
      const ended = await run(`at-${i}`, { phase, ms });
      const moment = `${Math.round(ms)} ms, ${phaseOf(ended)}: ${ended.lastLine}`;
      if (process.env.RLPROMPT_TEST_SIGNALS) {
        process.stdout.write(`${Math.round(ended.msAfter)} ms ${ended.code ?? ended.signal} after ${moment}\n`);
      }
      if (ended.code === 0) continue;
      stopped += 1;
      if (existsSync(ended.runDir)) {
        expect(readLatestCheckpoint(ended.runDir)?.warnings ?? [], moment).toEqual([]);
        expect([...readEvents(ended.runDir)].length, moment).toBeGreaterThanOrEqual(ended.events.length - 1);
      }
      // Before its first line Node itself answers: nothing was begun, and nothing can be said.
      const isSilent = ended.signal === 'SIGINT' && ended.lastLine === '' && !existsSync(ended.runDir);
      if (isSilent && ended.hadBegun !== true) continue;
      expect(ended.code ?? ended.signal, moment).toSatisfy((end) => end === 130 || end === 'SIGINT');
      expect(ended.lastLine, moment).toMatch(/E_INTERRUPTED: .* · /);
      expect(ended.msAfter, moment).toBeLessThan(LIMIT_MS);
    }
    expect(stopped).toBeGreaterThanOrEqual(SIGNALS / 4);
  },
  600_000,
);
