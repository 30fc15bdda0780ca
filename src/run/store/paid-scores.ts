import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { acquireLock } from '../../files/lock/lock.js';
import { cacheRoot } from '../../files/program-folders.js';
import { makeFolder } from '../../files/write/make-folder.js';
import { ScoreLog } from './logs/score-log.js';

/** Scores that an evaluation has paid for, kept until it has ended well. */
export interface PaidScores {
  readonly log: ScoreLog;
  /** Closes the file; after a good end it is not needed any more. */
  close(hasEnded: boolean): void;
}

/**
 * Opens what an earlier evaluation of the same kind has paid for before it was cut off. A second one that runs at the
 * same time keeps nothing.
 *
 * @param identity all that the scores depend on beside the texts
 */
export function openPaidScores(identity: readonly unknown[]): PaidScores | undefined {
  const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
  const folder = join(cacheRoot(), 'paid');
  makeFolder(folder);
  try {
    const lock = acquireLock(join(folder, `${name}.lock`), { since: new Date().toISOString() });
    const file = `${name}.bin`;
    const log = ScoreLog.open(folder, { file });
    return {
      log,
      close: (hasEnded) => {
        log.close();
        if (hasEnded) rmSync(join(folder, file), { force: true });
        lock.release();
      },
    };
  } catch (error) {
    if (error instanceof RlpromptError && error.code === 'E_RUN_LOCKED') return undefined;
    throw error;
  }
}
