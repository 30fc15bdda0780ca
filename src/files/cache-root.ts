import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder of everything that can be fetched or computed again: downloaded models, split graphs, scores of earlier runs.
 * RLPROMPT_CACHE_DIR names it; else it is `rlprompt` in XDG_CACHE_HOME or ~/.cache.
 */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.RLPROMPT_CACHE_DIR) return resolve(env.RLPROMPT_CACHE_DIR);
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rlprompt');
}
