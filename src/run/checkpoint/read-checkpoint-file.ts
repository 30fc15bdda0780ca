import type { RlpromptError } from '../../errors.js';
import { readBytes } from '../../files/read/read-file.js';
import { CheckpointDamage } from './checkpoint-damage.js';
import { decodeCheckpoint, NewerCheckpoint } from './checkpoint-format.js';

/**
 * Reads a file of the form of a checkpoint that no run is resumed from.
 * @param refused the error for a file that is damaged or of a later version
 */
export function readCheckpointFile(
  path: string,
  refused: (why: string) => RlpromptError,
): ReturnType<typeof decodeCheckpoint> {
  const bytes = readBytes(path);
  try {
    return decodeCheckpoint(bytes);
  } catch (error) {
    if (!(error instanceof CheckpointDamage || error instanceof NewerCheckpoint)) throw error;
    throw refused(error.message);
  }
}
