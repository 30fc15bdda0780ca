import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** sha256 of the last checkpoint of a run folder. */
export function checkpointHash(runDir: string): string {
  const folder = join(runDir, 'checkpoints');
  const last = readdirSync(folder).sort().at(-1) ?? '';
  return createHash('sha256')
    .update(readFileSync(join(folder, last)))
    .digest('hex');
}
