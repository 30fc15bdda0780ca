import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isThere } from '../../files/read/is-there.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import { loadFailure, readDefinition } from '../define/read-definition.js';
import { type ResolvedDefinition, resolveDefinition } from '../define/resolve-definition.js';
import type { ExamplesDraw } from '../define/reward-messages.js';

const TASKS_FOLDER = path.join(PACKAGE_ROOT, 'tasks');
const THIS_FILE = fileURLToPath(import.meta.url);
/** The task files lie beside this source: tasks/ for src/, dist/tasks/ for dist/src/. */
const CODE_FOLDER = path.resolve(path.dirname(THIS_FILE), '..', '..', '..', 'tasks');

/** The names of the tasks that come with the package, in alphabetical order. */
export function builtInTaskNames(): string[] {
  return readdirSync(TASKS_FOLDER)
    .filter((name) => isThere(builtInTaskFile(name)))
    .sort();
}

/** The code of a built-in task. */
export function builtInTaskFile(name: string): string {
  return path.join(CODE_FOLDER, name, `task${path.extname(THIS_FILE)}`);
}

/** The code of a built-in environment. */
export function builtInEnvironmentFile(name: string): string {
  return path.join(CODE_FOLDER, name, `environment${path.extname(THIS_FILE)}`);
}

export function builtInEnvironmentNames(): string[] {
  return readdirSync(TASKS_FOLDER)
    .filter((name) => isThere(builtInEnvironmentFile(name)))
    .sort();
}

/** Where a built-in task's data lies; the build compiles the code but leaves the data in its place. */
export function builtInDataFolder(name: string): string {
  return path.join(TASKS_FOLDER, name);
}

export async function readBuiltInDefinition(name: string, draw: ExamplesDraw): Promise<ResolvedDefinition> {
  const file = builtInTaskFile(name);
  const module: unknown = await import(pathToFileURL(file).href).catch((error) => {
    throw loadFailure(error, file);
  });
  return await resolveDefinition(readDefinition(module, file), file, draw);
}
