import { randomUUID } from 'node:crypto';
import { readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { factsOf } from '../../files/read/facts-of.js';
import { isThere } from '../../files/read/is-there.js';
import { readOrdinaryText } from '../../files/read-ordinary.js';
import { makeFolder } from '../../files/write/make-folder.js';
import type { HubFile, HubRevision } from './hub-api.js';
import { type HubName, isCommit } from './hub-name.js';

/**
 * Downloaded models: `org--name/<commit>/` with the files as on the hub, `<commit>.json` beside it with the length and
 * hash of every file, `refs/<revision>` with the commit a branch or tag was when it was fetched, and half files in `partial/`.
 */
export class HubCache {
  constructor(readonly folder: string) {}

  repository({ id }: Pick<HubName, 'id'>): string {
    return join(this.folder, id.replace('/', '--'));
  }

  snapshot(name: Pick<HubName, 'id'>, commit: string): string {
    return join(this.repository(name), commit);
  }

  partialFolder(name: Pick<HubName, 'id'>): string {
    return join(this.repository(name), 'partial');
  }

  /** The commit that a revision was when it was last fetched. */
  commitOf(name: HubName): string | undefined {
    if (isCommit(name.revision)) return name.revision;
    const text = readIfThere(join(this.repository(name), 'refs', encodeURIComponent(name.revision)))?.trim();
    return text !== undefined && isCommit(text) ? text : undefined;
  }

  /** What a snapshot should hold; undefined where it was never downloaded by this program. */
  listing(name: HubName, commit: string): HubRevision | undefined {
    const text = readIfThere(`${this.snapshot(name, commit)}.json`);
    if (text === undefined) return undefined;
    try {
      const { files } = JSON.parse(text) as { files: HubFile[] };
      return Array.isArray(files) ? { commit, files } : undefined;
    } catch {
      return undefined;
    }
  }

  remember(name: HubName, revision: HubRevision): void {
    const listing = `${this.snapshot(name, revision.commit)}.json`;
    replaceFile(listing, `${JSON.stringify({ id: name.id, ...revision })}\n`);
    if (isCommit(name.revision)) return;
    replaceFile(join(this.repository(name), 'refs', encodeURIComponent(name.revision)), `${revision.commit}\n`);
  }

  /**
   * Where a file of a repository goes.
   * @throws RlpromptError E_HUB_PATH for a name that would leave the snapshot's folder
   */
  pathOf(name: HubName, commit: string, file: string): string {
    const folder = this.snapshot(name, commit);
    const path = resolve(folder, file);
    const parts = file.split('/');
    const isTidy = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0:*?"<>|]/.test(part));
    if (!isTidy || isAbsolute(file) || !isInside(folder, path)) throw pathError(file, folder);
    const parent = resolve(path, '..');
    // A link that someone put into the cache must not lead the download elsewhere.
    if (isThere(parent) && !isInside(realpathSync(this.folder), realpathSync(parent))) throw pathError(file, folder);
    return path;
  }

  /** Files that are missing or have another length than they should. */
  missing(name: HubName, commit: string, files: readonly HubFile[]): HubFile[] {
    return files.filter(({ path, size }) => {
      const stat = factsOf(this.pathOf(name, commit, path));
      return !stat?.isFile() || (size !== undefined && stat.size !== size);
    });
  }

  /** Moves a file that is not what it should be out of the way. */
  setAside(name: HubName, commit: string, file: string): void {
    const path = this.pathOf(name, commit, file);
    if (isThere(path)) renameSync(path, `${path}.corrupt-${randomUUID().slice(0, 8)}`);
  }

  /** Every snapshot in the cache. */
  list(): { id: string; commit: string; path: string; revisions: string[] }[] {
    return folders(this.folder).flatMap((repository) => {
      const id = repository.replace('--', '/');
      return folders(join(this.folder, repository))
        .filter(isCommit)
        .map((commit) => {
          const path = join(this.folder, repository, commit);
          return { id, commit, path, revisions: this.revisionsOf(id, commit) };
        });
    });
  }

  /** Removes one snapshot, or with `commit` undefined all of a repository. */
  remove(name: Pick<HubName, 'id'>, commit?: string): void {
    if (commit === undefined) {
      rmSync(this.repository(name), { recursive: true, force: true });
      return;
    }
    for (const revision of this.revisionsOf(name.id, commit))
      rmSync(join(this.repository(name), 'refs', encodeURIComponent(revision)), { force: true });
    rmSync(this.snapshot(name, commit), { recursive: true, force: true });
    rmSync(`${this.snapshot(name, commit)}.json`, { force: true });
  }

  private revisionsOf(id: string, commit: string): string[] {
    const refs = join(this.repository({ id }), 'refs');
    if (!isThere(refs)) return [];
    return readdirSync(refs)
      .filter((ref) => readIfThere(join(refs, ref))?.trim() === commit)
      .map(decodeURIComponent);
  }
}

/** Puts a small file in place whole; whoever comes second writes the same. */
function replaceFile(path: string, text: string): void {
  makeFolder(resolve(path, '..'));
  const draft = `${path}.${randomUUID()}.tmp`;
  writeFileSync(draft, text, { flag: 'wx', flush: true });
  renameSync(draft, path);
}

export function readIfThere(path: string): string | undefined {
  try {
    return readOrdinaryText(path);
  } catch {
    return undefined;
  }
}

function folders(path: string): string[] {
  if (!isThere(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function pathError(file: string, folder: string): RlpromptError {
  return new RlpromptError({
    code: 'E_HUB_PATH',
    exit: 'protocol',
    message: `the hub names a file ${JSON.stringify(file)}, which would not stay in its folder`,
    where: folder,
    kept: 'nothing was written',
    next: 'do not use this model',
  });
}
