import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { RlpromptError } from '../errors.js';

/** @throws RlpromptError `E_CONFIG` for a user without a home folder, as in containers that run under a bare number */
export function homeFolder(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_CONFIG',
      exit: 'config',
      message: 'the user has no home folder',
      where: 'HOME',
      kept: 'nothing was started',
      next: 'set HOME to a folder that can be written to',
      cause,
    });
  }
}

/**
 * The folder of everything that can be fetched or computed again: downloaded models, split graphs, scores of earlier runs.
 * RLPROMPT_CACHE_DIR names it; else it is `rlprompt` in XDG_CACHE_HOME or ~/.cache.
 */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.RLPROMPT_CACHE_DIR) return resolve(env.RLPROMPT_CACHE_DIR);
  return join(env.XDG_CACHE_HOME || join(homeFolder(), '.cache'), 'rlprompt');
}

/**
 * The folder of what the program keeps for its user and could not make again. RLPROMPT_DATA_DIR names it; else it is
 * `rlprompt` in XDG_DATA_HOME or ~/.local/share.
 */
export function dataRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.RLPROMPT_DATA_DIR) return resolve(env.RLPROMPT_DATA_DIR);
  return join(env.XDG_DATA_HOME || join(homeFolder(), '.local', 'share'), 'rlprompt');
}
