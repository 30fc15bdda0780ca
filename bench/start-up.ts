import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { median, round } from './machine.js';

const PROGRAM = join(PACKAGE_ROOT, 'bin/rlprompt.js');
const PAIRS = 7;

async function seconds(args: readonly string[]): Promise<number> {
  const began = performance.now();
  await promisify(execFile)(process.execPath, args);
  return (performance.now() - began) / 1000;
}

/** Seconds from the start of the process to the end of the first step of a run with the embedded model. */
async function firstStep(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-bench-'));
  const args = [PROGRAM, 'run', 'spam', '--steps', '1', '--ui', 'json', '--out', join(folder, 'run')];
  const began = performance.now();
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      let at: number | undefined;
      const look = (chunk: Buffer) => {
        text += chunk;
        if (at === undefined && text.includes('"type":"step-end"')) at = (performance.now() - began) / 1000;
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('error', reject);
      child.on('close', () => (at === undefined ? reject(new Error(`no step: ${text.slice(-500)}`)) : resolve(at)));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long a user waits: the built program's help against an empty Node, in alternation, and a run's first step. */
export async function startUp(): Promise<Record<string, number>> {
  const [help, empty, first]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < PAIRS; i++) {
    empty.push(await seconds(['-e', '0']));
    help.push(await seconds([PROGRAM, '--help']));
  }
  for (let i = 0; i < 3; i++) first.push(await firstStep());
  return {
    nodeSeconds: round(median(empty)),
    helpSeconds: round(median(help)),
    helpRatio: round(median(help.map((value, i) => value / empty[i]!)), 2),
    firstStepSeconds: round(median(first), 2),
  };
}
