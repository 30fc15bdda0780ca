import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { RlpromptError } from '../errors.js';
import { acquireLock, type Lock } from '../files/lock/lock.js';
import { dataRoot } from '../files/program-folders.js';
import { isThere } from '../files/read/is-there.js';
import { readText } from '../files/read/read-file.js';
import { strictJson } from '../files/strict-json.js';
import { atomicWrite } from '../files/write/atomic-write.js';
import { makeFolder } from '../run/store/run-folder.js';
import type { RememberedTask } from './prompt-library.js';

const TASK = z.object({
  id: z.string(),
  task: z.string(),
  signature: z.object({
    template: z.string(),
    words: z.array(z.string()),
    labels: z.array(z.string()),
    targetLm: z.object({ name: z.string(), digest: z.string() }),
    features: z.array(z.number()),
  }),
  runs: z.number(),
  prompts: z.array(z.object({ text: z.string(), mean: z.number(), count: z.number(), best: z.number() })),
});

const LIBRARY = z.object({ schemaVersion: z.literal(1), tasks: z.array(TASK) });

const ATTEMPTS = 20;
const PAUSE_MS = 50;

const FILE = 'prompt-library.json';
/** Its name up to version 0.1. */
const FORMER_FILE = 'memory.json';

/** Where the experience of all runs lies. */
export function libraryPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(dataRoot(env), FILE);
}

/** Where an older version of the program kept it; read as long as there is no newer file. */
export function formerLibraryPath(path: string): string {
  return join(path, '..', FORMER_FILE);
}

/** @throws RlpromptError `E_LIBRARY_FILE` where the file is damaged; where there is none, nothing is remembered */
export function readLibrary(libraryFile: string): RememberedTask[] {
  const path = [libraryFile, formerLibraryPath(libraryFile)].find((file) => isThere(file));
  if (path === undefined) return [];
  const tasks = parse(readText(path));
  if (tasks) return tasks;
  throw new RlpromptError({
    code: 'E_LIBRARY_FILE',
    exit: 'data',
    message: 'the prompt library is damaged or of another version',
    where: path,
    kept: 'the file as it is',
    next: 'rlprompt prompt-library forget --all begins a new one',
  });
}

/** Changes the library; of several processes one does so at a time, and a reader sees the old file or the new one. */
export async function changeLibrary(
  path: string,
  change: (read: () => RememberedTask[]) => readonly RememberedTask[],
): Promise<void> {
  makeFolder(join(path, '..'));
  const lock = await waitForLock(`${path}.lock`);
  try {
    const tasks = change(() => readLibrary(path));
    atomicWrite(path, `${strictJson({ schemaVersion: 1, tasks })}\n`);
  } finally {
    lock.release();
  }
}

async function waitForLock(path: string): Promise<Lock> {
  for (let attempt = 1; ; attempt++) {
    try {
      return acquireLock(path, { since: new Date().toISOString() });
    } catch (error) {
      const isTaken = error instanceof RlpromptError && error.code === 'E_RUN_LOCKED';
      if (!isTaken || attempt === ATTEMPTS) throw error;
      await wait(PAUSE_MS);
    }
  }
}

function parse(text: string): RememberedTask[] | undefined {
  try {
    return LIBRARY.parse(JSON.parse(text)).tasks;
  } catch {
    return undefined;
  }
}
