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

/**
 * The folder of what the program keeps for its user and could not make again. RLPROMPT_DATA_DIR names it; else it is
 * `rlprompt` in XDG_DATA_HOME or ~/.local/share.
 */
export function dataRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.RLPROMPT_DATA_DIR) return resolve(env.RLPROMPT_DATA_DIR);
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'rlprompt');
}
