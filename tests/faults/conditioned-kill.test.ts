import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Rng } from '../../src/random/rng.js';
import { BIN, emptyFolder, runCli } from '../cli/spawn-cli.js';
import { writeSmallData } from '../small-data.js';
import { tell } from './report/figures.js';

const KILLS = Number(process.env.RLPROMPT_TEST_KILLS ?? 2);
const FLAGS = [
  ...['--verbalizer', 'ham=list,spam=free', '--input-conditioned', '--inputs-per-step', '2', '--shots', '3'],
  ...['--inner-size', '64', '--steps', '20', '--evaluation-every', '3', '--checkpoint-every', '2', '--ui', 'none'],
];

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

function filesOf(run: string): Record<string, string> {
  const last = readdirSync(join(run, 'checkpoints')).sort().at(-1)!;
  const names = [`checkpoints/${last}`, 'checkpoints/best-policy.safetensors', 'policy.json'];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(run, name)).toString('base64')]));
}

it(`runs of a policy that reads inputs, killed ${KILLS} times, end with the policy of an unbroken one`, async (context) => {
  const cwd = emptyFolder();
  const task = writeSmallData(cwd);
  const began = performance.now();
  expect((await runCli(['run', task, '--out', 'whole', ...FLAGS], { cwd })).code).toBe(0);
  const usual = performance.now() - began;

  const rng = Rng.create(11, 'examples');
  let isOver = false;
  let kills = 0;
  let args = ['run', task, '--out', 'killed', ...FLAGS];
  for (let kill = 0; kill < KILLS && !isOver; kill++) {
    isOver = await killAfter(args, cwd, usual * (0.3 + 0.5 * rng.float()));
    kills += isOver ? 0 : 1;
    if (existsSync(join(cwd, 'killed/run.json'))) args = ['resume', 'killed', '--ui', 'none'];
  }
  if (!isOver) expect((await runCli(args, { cwd })).code).toBe(0);
  expect(filesOf(join(cwd, 'killed'))).toEqual(filesOf(join(cwd, 'whole')));
  tell(context, { kills });
}, 600_000);
