import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadFailure, readDefinition } from '../define/read-definition.js';
import type { TaskDefinition } from '../types.js';

export const TASK_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'] as const;

const THIS_FILE = fileURLToPath(import.meta.url);
const PUBLIC_API = path.join(path.dirname(THIS_FILE), '..', '..', `index${path.extname(THIS_FILE)}`);

/** Runs a user's task file and gives its definition. */
export async function loadTaskFile(file: string): Promise<TaskDefinition> {
  return readDefinition(await importTaskFile(file), file);
}

/**
 * Runs a user's file, TypeScript or JavaScript, and gives what it exports. `import … from 'rlprompt'` in it means this
 * very program, wherever the file lies.
 *
 * @param api stands for the program in place of all of it
 */
export async function importTaskFile(file: string, api?: object): Promise<unknown> {
  const rlprompt: unknown = api ?? (await import(pathToFileURL(PUBLIC_API).href));
  const { createJiti } = await import('jiti');
  const jiti = createJiti(file, { fsCache: false, moduleCache: false, virtualModules: { rlprompt } });
  try {
    return await jiti.import(file);
  } catch (error) {
    throw loadFailure(error, file);
  }
}
