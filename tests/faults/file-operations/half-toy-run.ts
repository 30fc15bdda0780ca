import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { nodeFileSystem } from '../../../src/files/file-system.js';
import { prepareToyRun, toyRun } from './toy-run.js';

/** Steps of the whole run; the half that copies start from has six. */
export const STEPS = 9;

/** A folder with a run that stopped halfway, to be copied and resumed under faults, and what it ends with where nothing fails. */
export function halfToyRun(name: string): {
  readonly base: string;
  readonly copyOf: (name: string) => string;
  readonly expected: string;
} {
  const base = mkdtempSync(join(tmpdir(), `rlprompt-${name}-`));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  const start = join(base, 'start');
  mkdirSync(start);
  prepareToyRun(start);
  toyRun(start, { fs: nodeFileSystem, steps: 6 });
  const copyOf = (copied: string): string => {
    const copy = join(base, copied);
    cpSync(start, copy, { recursive: true });
    return copy;
  };
  return { base, copyOf, expected: toyRun(copyOf('expected'), { fs: nodeFileSystem, steps: STEPS }) };
}
