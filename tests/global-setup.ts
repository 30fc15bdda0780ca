import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Everything that tests write to the system's temporary folder goes to a folder that is removed at the end. So does the cache:
 * runs in tests neither use nor fill the scores and models of whoever starts them.
 */
export default function setup(): (() => void) | undefined {
  // Each project of the configuration sets up, in one process.
  if (process.env.RLPROMPT_TEST_FOLDER) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-tests-'));
  Object.assign(process.env, { RLPROMPT_TEST_FOLDER: folder, RLPROMPT_CACHE_DIR: join(folder, 'cache') });
  Object.assign(process.env, { TMPDIR: folder, TMP: folder, TEMP: folder });
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
