import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { factsOf } from '../../files/read/facts-of.js';
import { isThere } from '../../files/read/is-there.js';

/** Bytes of all files below a folder; 0 where there is none. */
export function folderBytes(folder: string): number {
  if (!isThere(folder)) return 0;
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => {
    // A file may go away while it is counted.
    return sum + (factsOf(join(entry.parentPath, entry.name))?.size ?? 0);
  }, 0);
}
