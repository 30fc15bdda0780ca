import { type Stats, statSync } from 'node:fs';

/**
 * What stands at a path that anybody may have given; undefined where nothing can be seen. Node's own `throwIfNoEntry`
 * still throws where a file stands in place of a folder, and for names that no file system takes.
 */
export function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
