import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import type { MlpParameters } from '../../policy/parameters/mlp-parameters.js';
import { matrixShapes, named, unnamed } from '../../policy/parameters/saved-parameters.js';
import { writeCheckpoint } from '../checkpoint/checkpoint.js';
import { readCheckpointFile } from '../checkpoint/read-checkpoint-file.js';

const NAME = 'start';
/** Within the run folder. */
export const START_FILE = `checkpoints/${NAME}.safetensors`;

/** What a run keeps of the one it continues, so that it can be resumed without it. */
export interface KeptStart {
  /** The checkpoint that it begins with. */
  readonly source: { readonly run: string; readonly step: number; readonly sha256: string };
  readonly parameters: MlpParameters;
  /** Of the earlier tasks; undefined where nothing holds the policy to them. */
  readonly fisher?: MlpParameters | undefined;
}

export function writeStart(runDir: string, { source, parameters, fisher }: KeptStart): void {
  const arrays = { ...named('start', parameters), ...(fisher && named('fisher', fisher)) };
  writeCheckpoint(runDir, { step: source.step, json: source, arrays }, { name: NAME, shapes: matrixShapes(arrays) });
}

/**
 * Undefined for a run that continues no other.
 * @throws RlpromptError `E_CONTINUE_FILE` where the file is damaged or of a later version
 */
export function readStart(runDir: string): KeptStart | undefined {
  const path = join(runDir, START_FILE);
  if (!isThere(path)) return undefined;
  const { json, arrays } = readCheckpointFile(path, (why) => damaged(path, why));
  return {
    source: json as KeptStart['source'],
    parameters: unnamed('start', arrays),
    fisher: arrays['fisher.w1'] && unnamed('fisher', arrays),
  };
}

function damaged(path: string, why: string): RlpromptError {
  return new RlpromptError({
    code: 'E_CONTINUE_FILE',
    exit: 'data',
    message: `the policy that the run began with cannot be read: ${why}`,
    where: path,
    kept: 'the other files of the run',
    next: 'remove the file; the earlier run is read again',
  });
}
