import { join } from 'node:path';
import { isThere } from '../../files/read/is-there.js';
import { readIfThere } from './hub-cache.js';
import { type HubName, isCommit } from './hub-name.js';

/**
 * The folder of a model that Python's huggingface_hub has downloaded, `models--org--name/snapshots/<commit>`; it may hold
 * only some of the files.
 */
export function findInPythonCache(
  cache: string,
  { id, revision }: HubName,
): { path: string; commit: string } | undefined {
  const repository = join(cache, `models--${id.replace('/', '--')}`);
  const commit = isCommit(revision) ? revision : readIfThere(join(repository, 'refs', ...revision.split('/')))?.trim();
  if (commit === undefined || !isCommit(commit)) return undefined;
  const path = join(repository, 'snapshots', commit);
  return isThere(path) ? { path, commit } : undefined;
}
