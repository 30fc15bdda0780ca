import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const { R_OK, X_OK } = constants;

/**
 * Which file or folder on the way to a path keeps this program out, and whose it is; undefined where none can be told, as on
 * Windows, which knows no owners by number.
 */
export function whoKeepsOut(path: string): string | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  for (const place of placesOf(resolve(path))) {
    try {
      const { uid, mode } = statSync(place);
      const isFolder = (mode & constants.S_IFMT) === constants.S_IFDIR;
      if (mayUse(place, isFolder ? R_OK | X_OK : R_OK)) continue;
      const whose = uid === own ? 'is yours' : `belongs to user ${uid}, and you are user ${own}`;
      return `${place} ${whose}; its mode is ${(mode & 0o7777).toString(8)}`;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** The path and the folders above it, the outermost first. */
function placesOf(path: string): string[] {
  return dirname(path) === path ? [path] : [...placesOf(dirname(path)), path];
}

function mayUse(place: string, how: number): boolean {
  try {
    accessSync(place, how);
    return true;
  } catch {
    return false;
  }
}
