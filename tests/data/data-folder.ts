import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { RlpromptError } from '../../src/errors.js';

/** A folder of its own for one test file, removed afterwards. */
export function dataFolder(): { path: string; write: (name: string, content: string | Uint8Array) => string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'rlprompt-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: folder,
    write: (name, content) => {
      const file = path.join(folder, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

/** The RlpromptError that something is refused with. */
export async function refusalOf(work: () => unknown): Promise<RlpromptError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RlpromptError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
