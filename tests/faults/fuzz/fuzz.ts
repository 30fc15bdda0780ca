import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, type TestContext } from 'vitest';
import { RlpromptError } from '../../../src/errors.js';
import { tell } from '../report/figures.js';

/** Random files per reader; `npm run test:faults` tries 10,000. */
const RUNS = Number(process.env.RLPROMPT_TEST_FUZZ ?? 300);
/** Generous on a busy machine: a reader that hangs takes for ever. A tokenizer has two seconds for a pattern. */
const MOST_MS = 8000;
export const TIMEOUT_MS = 120_000 + RUNS * 100;

/** In memory where there is such a folder: each case writes a file. */
const MEMORY = '/dev/shm';

/** A folder for files of the test, gone after it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'rlprompt-fuzz-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a folder of which one file is changed. */
export function copyOf(source: string, folder: string, file: string) {
  cpSync(source, folder, { recursive: true });
  return { folder, put: (content: string | Uint8Array) => writeFileSync(join(folder, file), content) };
}

function isNamed(error: unknown): boolean {
  return error instanceof RlpromptError && error.code !== 'E_INTERNAL';
}

/** Reads each file; what comes of it must be a value or an error with a name, in time. */
export async function fuzz<T>(
  context: TestContext,
  files: fc.Arbitrary<T>,
  read: (file: T) => unknown,
  isExpected: (error: unknown) => boolean = isNamed,
): Promise<void> {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(files, async (file) => {
      const since = performance.now();
      try {
        await read(file);
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
      count += 1;
      if (performance.now() - since > MOST_MS) throw new Error(`a case took ${performance.now() - since} ms`);
    }),
    { numRuns: RUNS, seed: Number(process.env.RLPROMPT_TEST_FUZZ_SEED ?? 19), endOnFailure: true },
  );
  expect(count).toBe(RUNS);
  tell(context, { cases: count });
}

/** Passes over the refusals of one reader, so that the others see the file, too. */
export async function allowNamed(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!isNamed(error)) throw error;
  }
}
