import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import { matrixShapes } from '../../policy/parameters/saved-parameters.js';
import { shellWord } from '../../shell-word.js';
import { writeCheckpoint } from '../checkpoint/checkpoint.js';
import { readCheckpointFile } from '../checkpoint/read-checkpoint-file.js';
import type { KeptPolicy } from './conditioned-policies.js';

const NAME = 'best-policy';
/** Within the run folder: the parameters of the best policy by dev, and its numbers. */
export const POLICY_FILE = `checkpoints/${NAME}.safetensors`;
const VERSION_1_FILE = `checkpoints/${NAME}.ckpt`;

export function writePolicy(runDir: string, { summary, parameters }: KeptPolicy): void {
  const content = { step: summary.step, json: summary, arrays: parameters };
  writeCheckpoint(runDir, content, { name: NAME, shapes: matrixShapes(parameters) });
}

/**
 * The best policy of a run that reads its inputs.
 * @throws RlpromptError `E_NO_POLICY` where the run has none, `E_POLICY_FILE` where it is damaged or too new
 */
export function readPolicy(runDir: string): KeptPolicy {
  const path = [POLICY_FILE, VERSION_1_FILE].map((file) => join(runDir, file)).find((file) => isThere(file));
  if (path === undefined) throw noPolicy(runDir);
  const { json, arrays } = readCheckpointFile(path, (why) => damaged(path, why, runDir));
  return { summary: json as KeptPolicy['summary'], parameters: arrays };
}

function damaged(path: string, why: string, runDir: string): RlpromptError {
  return new RlpromptError({
    code: 'E_POLICY_FILE',
    exit: 'data',
    message: `the policy of the run cannot be read: ${why}`,
    where: path,
    kept: 'the run and its checkpoints',
    next: `rlprompt resume ${shellWord(runDir)}`,
  });
}

function noPolicy(runDir: string): RlpromptError {
  return new RlpromptError({
    code: 'E_NO_POLICY',
    exit: 'missingInput',
    message: 'the run has no policy that reads inputs: it was made without --input-conditioned, or not evaluated yet',
    where: runDir,
    next: `rlprompt top ${shellWord(runDir)}`,
  });
}
