import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type FileSystem, nodeFileSystem } from '../../../src/files/file-system.js';

export class PowerCut extends Error {}

interface PendingRename {
  readonly to: string;
  readonly before: Uint8Array | undefined;
}

/**
 * The real file system until the power fails before operation number `at` (the first is 1). Then what was not synced is
 * lost, and nothing works any more.
 *
 * @param renames what happens to renames whose folder was not synced: a disk may have them or not
 */
export function powerCutFileSystem(plan: { readonly at?: number; readonly renames: 'kept' | 'lost' }): {
  fs: FileSystem;
  operations: string[];
} {
  const operations: string[] = [];
  const pathOf = new Map<number, string>();
  const synced = new Map<string, number>();
  let pending: PendingRename[] = [];
  const cut = (): void => {
    for (const [path, length] of synced) {
      if (existsSync(path) && statSync(path).size > length) truncateSync(path, length);
    }
    if (plan.renames === 'kept') return;
    for (const { to, before } of pending.reverse()) {
      if (before) writeFileSync(to, before);
      else rmSync(to, { force: true });
    }
  };
  const real = nodeFileSystem;
  const tracked: FileSystem = {
    ...real,
    open(path, flags) {
      const fd = real.open(path, flags);
      pathOf.set(fd, path);
      if (!synced.has(path)) synced.set(path, statSync(path).size);
      return fd;
    },
    sync(fd) {
      real.sync(fd);
      const path = pathOf.get(fd)!;
      synced.set(path, statSync(path).size);
    },
    rename(from, to) {
      pending.push({ to, before: existsSync(to) ? readFileSync(to) : undefined });
      real.rename(from, to);
      synced.set(to, synced.get(from) ?? 0);
      synced.delete(from);
    },
    syncFolder(path) {
      real.syncFolder(path);
      pending = pending.filter(({ to }) => dirname(to) !== path);
    },
  };
  const wrap = (name: keyof FileSystem): [string, unknown] => [
    name,
    (...parameters: unknown[]): unknown => {
      operations.push(name);
      if (operations.length === plan.at) cut();
      if (plan.at !== undefined && operations.length >= plan.at) throw new PowerCut(`no power for ${name}`);
      return (tracked[name] as (...given: unknown[]) => unknown)(...parameters);
    },
  ];
  const names = Object.keys(real) as (keyof FileSystem)[];
  return { fs: Object.fromEntries(names.map(wrap)) as unknown as FileSystem, operations };
}
