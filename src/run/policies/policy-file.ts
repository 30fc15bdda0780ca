import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { hasErrno, nodeFileSystem } from '../../files/file-system.js';
import { toIoError } from '../../files/io-error.js';
import { writeCheckpoint } from '../store/checkpoint.js';
import { CheckpointDamage, decodeCheckpoint, NewerCheckpoint } from '../store/checkpoint-format.js';
import type { KeptPolicy } from './conditioned-policies.js';

const NAME = 'best-policy';
/** Within the run folder: the parameters of the best policy by dev, and its numbers. */
export const POLICY_FILE = `checkpoints/${NAME}.ckpt`;

export function writePolicy(runDir: string, { summary, parameters }: KeptPolicy): void {
  writeCheckpoint(runDir, { step: summary.step, json: summary, arrays: parameters }, { name: NAME });
}

/**
 * The best policy of a run that reads its inputs.
 * @throws RlpromptError `E_NO_POLICY` where the run has none, `E_POLICY_FILE` where it is damaged or too new
 */
export function readPolicy(runDir: string): KeptPolicy {
  const path = join(runDir, POLICY_FILE);
  let bytes: Uint8Array;
  try {
    bytes = nodeFileSystem.read(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) throw noPolicy(runDir);
    throw toIoError(error, { action: 'read', path });
  }
  try {
    const { json, arrays } = decodeCheckpoint(bytes);
    return { summary: json as KeptPolicy['summary'], parameters: arrays };
  } catch (error) {
    if (!(error instanceof CheckpointDamage || error instanceof NewerCheckpoint)) throw error;
    throw new RlpromptError({
      code: 'E_POLICY_FILE',
      exit: 'data',
      message: `the policy of the run cannot be read: ${error.message}`,
      where: path,
      kept: 'the run and its checkpoints',
      next: `rlprompt resume ${runDir}`,
    });
  }
}

function noPolicy(runDir: string): RlpromptError {
  return new RlpromptError({
    code: 'E_NO_POLICY',
    exit: 'missingInput',
    message: 'the run has no policy that reads inputs: it was made without --input-conditioned, or not evaluated yet',
    where: runDir,
    next: `rlprompt top ${runDir}`,
  });
}
