import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../files/program-folders.js';
import { HubCache } from '../../lm/hub/hub-cache.js';
import { embeddedModels } from '../../lm/model/embedded.js';
import { dtypesOf } from '../../lm/model/model-folder.js';
import { folderBytes } from '../shared/folder-bytes.js';

/** A model on this machine. */
export interface FoundModel {
  readonly name: string;
  readonly source: 'embedded' | 'downloaded';
  /** Of downloaded ones: the branch or tag it was fetched as, else its commit. */
  readonly revision?: string;
  readonly commit?: string;
  /** Number formats that are there. */
  readonly dtypes: readonly string[];
  readonly megabytes: number;
  readonly path: string;
}

export function listModels(env: NodeJS.ProcessEnv): FoundModel[] {
  const embedded = embeddedModels().map(
    ({ name, path }): FoundModel => ({ name, source: 'embedded', ...describeFolder(path) }),
  );
  const downloaded = new HubCache(join(cacheRoot(env), 'models')).list().map(({ id, commit, path, revisions }) => {
    const model: FoundModel = {
      name: id,
      source: 'downloaded',
      commit,
      revision: revisions[0] ?? commit,
      ...describeFolder(path),
    };
    return model;
  });
  return [...embedded, ...downloaded];
}

function describeFolder(path: string) {
  const files = readdirSync(path, { recursive: true }).map(String);
  return { path, megabytes: folderBytes(path) / 1e6, dtypes: dtypesOf(files) };
}
