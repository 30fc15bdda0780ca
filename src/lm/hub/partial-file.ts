import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { factsOf } from '../../files/read/facts-of.js';
import { makeFolder } from '../../files/write/make-folder.js';

const NAME = /^([0-9a-z]{1,64})\.([0-9a-f]{8})-(\d{1,10})-[0-9a-f-]{36}\.incomplete$/;
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** A file of another machine on a shared disk is left alone this long. */
const ABANDONED_MS = 24 * 3600 * 1000;

/**
 * A new file for the download of some content, or what a process that is gone has left of the same content. Its name
 * says who writes it, so that two processes never write one file.
 */
export function takePartialFile(folder: string, content: string): { path: string; size: number } {
  makeFolder(folder);
  const path = join(folder, `${content}.${HOST}-${process.pid}-${randomUUID()}.incomplete`);
  for (const left of abandoned(folder)) {
    if (NAME.exec(left)?.[1] !== content) continue;
    try {
      renameSync(join(folder, left), path);
      return { path, size: statSync(path).size };
    } catch {
      // Another process was quicker.
    }
  }
  closeSync(openSync(path, 'wx', 0o600));
  return { path, size: 0 };
}

/** Removes what processes that are gone have left half-downloaded. */
export function removeAbandoned(folder: string): void {
  for (const name of abandoned(folder)) rmSync(join(folder, name), { force: true });
}

function abandoned(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return names.filter((name) => {
    const match = NAME.exec(name);
    if (!match) return false;
    if (match[2] === HOST && Number(match[3]) !== process.pid && !isRunning(Number(match[3]))) return true;
    const age = Date.now() - (factsOf(join(folder, name))?.mtimeMs ?? Number.NaN);
    return age > ABANDONED_MS;
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
