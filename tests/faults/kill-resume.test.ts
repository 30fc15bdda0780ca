import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Rng } from '../../src/random/rng.js';
import { resultOf } from '../../src/run/store/run-folder.js';
import { BIN, emptyFolder, runCli } from '../cli/spawn-cli.js';
import { SMALL_RUN, writeSmallData } from '../small-data.js';
import { tell } from './report/figures.js';

/** RLPROMPT_TEST_KILLS=20 for the figure in the README; fewer by default, since each kill is a start of the program. */
const KILLS = Number(process.env.RLPROMPT_TEST_KILLS ?? 3);

const SETTINGS = ['shots', 'promptsPerStep', 'innerSize', 'evaluationEvery', 'checkpointEvery', 'candidates'] as const;
const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function runFlags(task: string, out: string): string[] {
  const settings = SETTINGS.flatMap((key) => [`--${kebab(key)}`, String(SMALL_RUN[key])]);
  return [
    'run',
    task,
    '--verbalizer',
    'ham=list,spam=free',
    ...settings,
    '--steps',
    '24',
    '--out',
    out,
    '--ui',
    'none',
  ];
}

/** Starts the program and kills it `afterMs` later; true where it had come to its end before. */
function killAfter(args: readonly string[], cwd: string, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  return new Promise((done) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      done(code === 0);
    });
  });
}

function finalCheckpoint(run: string): string {
  const files = readdirSync(join(run, 'checkpoints')).sort();
  return createHash('sha256')
    .update(readFileSync(join(run, 'checkpoints', files.at(-1)!)))
    .digest('hex');
}

it(`runs killed at ${KILLS} random moments end with the checkpoint and the prompt of an unbroken one`, async (context) => {
  const cwd = emptyFolder();
  const task = writeSmallData(cwd);
  const began = performance.now();
  const whole = await runCli([...runFlags(task, 'whole'), '--json'], { cwd });
  const usual = performance.now() - began;
  expect(whole.code).toBe(0);

  const rng = Rng.create(7, 'examples');
  let kills = 0;
  for (let round = 0; kills < KILLS; round++) {
    const name = `killed-${round}`;
    const args = () =>
      existsSync(join(cwd, name, 'run.json')) ? ['resume', name, '--ui', 'none'] : runFlags(task, name);
    let isOver = false;
    while (kills < KILLS && !isOver) {
      const hasEnded = await killAfter(args(), cwd, usual * (0.3 + 0.5 * rng.float()));
      kills += hasEnded ? 0 : 1;
      // A kill may come between the run's last word and the end of its process: there is nothing to resume then.
      isOver = hasEnded || resultOf(join(cwd, name)) !== undefined;
    }
    if (!isOver) expect((await runCli(args(), { cwd })).code).toBe(0);
    expect(finalCheckpoint(join(cwd, name))).toBe(finalCheckpoint(join(cwd, 'whole')));
    const bestOf = (run: string) =>
      JSON.parse(readFileSync(join(cwd, run, 'best.json'), 'utf8')) as { prompt: unknown };
    expect(bestOf(name).prompt).toEqual(bestOf('whole').prompt);
  }
  tell(context, { kills });
}, 600_000);
