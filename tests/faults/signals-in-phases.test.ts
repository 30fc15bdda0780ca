import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BIN } from '../cli/spawn-cli.js';
import { hasTerminals } from '../in-terminal.js';
import { tell } from './report/figures.js';
import { SLOW_TASK } from './slow-task.js';

const base = mkdtempSync(join(tmpdir(), 'rlprompt-phases-'));

const LOOP = "import { writeFileSync } from 'node:fs'; writeFileSync('begun', ''); for (;;);";
const STUCK = SLOW_TASK.replace(
  'await new Promise((done) => setTimeout(done, 300))',
  'for (;;) (await import("node:fs")).writeFileSync("begun", "")',
);

interface Phase {
  readonly args: readonly string[];
  /** Written in the file, where the phase has begun. */
  readonly begun: readonly [file: string, text: string];
}

const RUN = [
  'run',
  './slow.mjs',
  '--steps',
  '30',
  '--inner-size',
  '64',
  '--candidates',
  '4',
  '--out',
  'r',
  '--threads',
  '1',
];
const inRun = (phase: string, ...more: string[]): Phase => ({
  args: [...RUN, ...more],
  begun: ['r/events.jsonl', `"phase":"${phase}"`],
});

const PHASES: Readonly<Record<string, Phase>> = {
  'a configuration module loops': { args: ['run', 'spam', '--config', 'loop.mjs'], begun: ['begun', ''] },
  'a task file loops': { args: ['run', './loop.mjs'], begun: ['begun', ''] },
  'a reward is tried that loops': { args: ['tasks', 'check', './stuck.mjs'], begun: ['begun', ''] },
  'baselines are scored': inRun('baselines'),
  'a run learns': inRun('training'),
  'a run shows no screen': inRun('training', '--ui', 'plain'),
  'the best prompts are scored': inRun('final-evaluation', '--steps', '1'),
  'an agent learns to act': { args: ['act', 'train', 'kitchen', '--out', 'a'], begun: ['a/act.json', ''] },
};

const SIGNALS = [
  ['SIGINT', 130, 1],
  ['SIGINT twice', 130, 2],
  ['SIGTERM', 143, 1],
  ['SIGHUP', 129, 1],
] as const;

/** What a program in a terminal left behind. */
interface Left {
  readonly code: number;
  /** All that stood in the terminal. */
  readonly shown: string;
  readonly isTerminalAsBefore: boolean;
  readonly isCursorShown: boolean;
  /** Processes that it had started and that are alive a second later. */
  readonly children: readonly number[];
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(20);
}

/** Undefined where there is none, or no longer: processes come and go. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** One that has ended and that nobody has collected is not. */
const isAlive = (pid: number) => /^\d+ \(.*\) [^ZX] /.test(textOf(`/proc/${pid}/stat`) ?? '');

/** The processes of a group of processes that began with `pid`, itself left out. */
function childrenOf(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    const [, parent] = /\) \S (\d+)/.exec(/^\d+$/.test(name) ? (textOf(`/proc/${name}/stat`) ?? '') : '') ?? [];
    return parent === undefined ? [] : [[Number(name), Number(parent)] as const];
  });
  return parents.filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...childrenOf(child)]);
}

async function leftBy({ args, begun }: Phase, signal: NodeJS.Signals, times: number): Promise<Left> {
  const cwd = mkdtempSync(join(base, 'cell-'));
  for (const [name, source] of Object.entries({ slow: SLOW_TASK, loop: LOOP, stuck: STUCK })) {
    writeFileSync(join(cwd, `${name}.mjs`), source);
  }
  mkdirSync(join(cwd, 'home'));
  const program = `echo $$ > pid; exec ${process.execPath} ${BIN} ${args.join(' ')}`;
  // A second Ctrl-C may come when the program has just ended: it is not meant for the shell, nor for stty.
  const after = '(trap "" INT; stty -g > after)';
  const command = `trap : INT; stty cols 80 rows 24; stty -g > before; sh -c '${program}'; echo $? > code; ${after}`;
  const { CI: _, NO_COLOR: __, ...usual } = process.env;
  const env = { ...usual, TERM: 'xterm-256color', NODE_ENV: 'production', HOME: join(cwd, 'home') };
  const session: ChildProcess = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => session.on('close', done));
  let shown = '';
  session.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await until(() => session.exitCode !== null || (textOf(join(cwd, begun[0]))?.includes(begun[1]) ?? false));
  const pid = Number(textOf(join(cwd, 'pid')));
  const children = childrenOf(pid);
  for (let time = 0; time < times && session.exitCode === null; time++) {
    if (time > 0) await delay(150);
    // As a person does it, where it can be typed.
    if (signal === 'SIGINT') session.stdin?.write('\x03');
    else process.kill(pid, signal);
  }
  await ended;
  await delay(1000);
  return {
    code: Number(textOf(join(cwd, 'code'))),
    shown,
    isTerminalAsBefore: textOf(join(cwd, 'before')) === textOf(join(cwd, 'after')),
    isCursorShown: shown.lastIndexOf('\x1b[?25l') <= shown.lastIndexOf('\x1b[?25h'),
    children: children.filter(isAlive),
  };
}

describe.skipIf(!hasTerminals || process.platform !== 'linux')('a signal in a terminal', () => {
  it.each(Object.entries(PHASES))('while %s', async (_what, phase) => {
    const cells = await Promise.all(
      SIGNALS.map(async ([name, code, times]) => {
        const signal = name.startsWith('SIGINT') ? 'SIGINT' : (name as NodeJS.Signals);
        const { shown: _, ...left } = await leftBy(phase, signal, times);
        return [name, code, left] as const;
      }),
    );
    const wanted = { isTerminalAsBefore: true, isCursorShown: true, children: [] };
    expect(cells.map(([name, , left]) => [name, left])).toEqual(
      cells.map(([name, code]) => [name, { code, ...wanted }]),
    );
  });

  it('that ends a run before its first checkpoint says that its scores are kept, and no checkpoint', async () => {
    const { code, shown } = await leftBy(PHASES['baselines are scored']!, 'SIGINT', 2);
    const said = shown.replaceAll(/\s+/g, ' ');
    expect(code).toBe(130);
    expect(said).toContain('every computed score');
    expect(said).not.toMatch(/the last checkpoint (?!if one was saved)/);
  });

  it('that ends a run on the screen is told once: how it was stopped, and how to resume it', async () => {
    const { code, shown } = await leftBy(PHASES['a run learns']!, 'SIGINT', 1);
    const afterScreen = shown.slice(shown.lastIndexOf('everything up to it is saved'));
    expect(code).toBe(130);
    expect(afterScreen.match(/ resume r\b/g)).toHaveLength(1);
    expect(shown).not.toContain('E_INTERRUPTED');
  });

  it('is tried in every phase', (context) => {
    tell(context, { signals: Object.keys(PHASES).length * SIGNALS.length + 2 });
  });
});
