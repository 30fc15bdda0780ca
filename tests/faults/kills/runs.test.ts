import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLatestCheckpoint } from '../../../src/run/checkpoint/checkpoint.js';
import { resultOf } from '../../../src/run/store/run-folder.js';
import { emptyFolder, TINY_MODEL } from '../../cli/spawn-cli.js';
import { writeSmallData } from '../../small-data.js';
import { hashesOf, type Killed, killUntilDone } from './kill-until-done.js';

/** Of each kind of run. */
const KILLS = Number(process.env.RLPROMPT_TEST_KILLS ?? 2);
/** Generous: a busy machine takes ten times as long. */
const TIMEOUT_MS = 300_000 + 60_000 * KILLS;

const cwd = emptyFolder();
writeSmallData(cwd);
const QUIET = ['--ui', 'none'];
const WORDS = ['small.csv', '--verbalizer', 'ham=list,spam=free', '--shots', '3'];
const OFTEN = ['--evaluation-every', '3', '--checkpoint-every', '2'];
const STEP = ['--prompts-per-step', '4', '--inner-size', '64', ...OFTEN];

/** What every run has in common, whatever it learns. */
function killedRun(kind: string, args: readonly string[]): Killed {
  return {
    cwd,
    kills: KILLS,
    begin: (name) => ['run', ...args, '--out', `${kind}-${name}`, ...QUIET],
    out: (name) => join(cwd, `${kind}-${name}`),
    resume: { after: 'run.json', args: (name) => ['resume', `${kind}-${name}`, ...QUIET] },
    isDone: (folder) => resultOf(folder) !== undefined,
    // Every checkpoint that is there is whole.
    check: (folder) => expect(readLatestCheckpoint(folder)?.warnings ?? []).toEqual([]),
    outcome: (folder) => {
      const { prompt } = JSON.parse(readFileSync(join(folder, 'best.json'), 'utf8')) as { prompt: unknown };
      return { ...hashesOf(folder, /\.safetensors$|policy\.json$/), prompt };
    },
  };
}

describe(`killed at ${KILLS} random moments and resumed`, () => {
  it.for<[what: string, command: Killed]>([
    ['a run of the embedded model', killedRun('embedded', ['--candidates', '3', ...WORDS, ...STEP, '--steps', '24'])],
    [
      'a run of a policy that reads inputs',
      killedRun('conditioned', ['--input-conditioned', '--inputs-per-step', '2', ...WORDS, ...STEP, '--steps', '16']),
    ],
    [
      'a run that writes molecules',
      killedRun('molecules', ['molecules', '--steps', '24', '--prompts-per-step', '8', '--inner-size', '64', ...OFTEN]),
    ],
    [
      'a comparison of trainers',
      {
        cwd,
        kills: KILLS,
        begin: (name) => {
          const rivals = ['--trainers', 'log-variance,random', '--seeds', '0,1', '--forwards', '400'];
          const tiny = ['--generator', TINY_MODEL, '--target', TINY_MODEL];
          return ['compare', ...WORDS, ...STEP, ...rivals, ...tiny, '--out', name, ...QUIET];
        },
        out: (name) => join(cwd, name),
        resume: { after: 'comparison.json', args: (name) => ['compare', name, ...QUIET] },
        outcome: (folder) => hashesOf(folder, /\.safetensors$/),
      },
    ],
  ])('%s ends with the checkpoint and the prompt of an unbroken one', { timeout: TIMEOUT_MS }, ([, command], context) =>
    killUntilDone(command, context),
  );
});
