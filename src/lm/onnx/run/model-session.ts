import { statSync } from 'node:fs';
import { requireMemoryFor } from '../../../files/memory-limits.js';
import { LARGE_BYTES } from '../runtime/shared-memory.js';
import { quickestThreads } from './quickest-threads.js';
import { createSession, type GraphSource, type OnnxSession, type SessionOptions } from './session.js';

/**
 * Loads the graph of a language model. A large one is run with as many threads as are quickest, where none were asked
 * for: its products are summed in the same order with any number, so that its numbers do not tell how many there were.
 *
 * @param files what the model consists of
 * @throws RlpromptError E_OS_LIMIT where they are larger than the memory there is
 */
export async function createModelSession(
  source: GraphSource,
  files: readonly string[],
  options: SessionOptions,
): Promise<OnnxSession> {
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  requireMemoryFor(bytes, 'path' in source ? source.path : undefined);
  if (bytes < LARGE_BYTES) return await createSession(source, options);
  const isMeasured = options.threads === undefined && (options.device ?? 'cpu') === 'cpu';
  const threads = isMeasured ? await quickestThreads() : options.threads;
  return await createSession(source, { ...options, threads, returnsMemory: true, inThread: true });
}
