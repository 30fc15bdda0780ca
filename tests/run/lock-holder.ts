import { RlpromptError } from '../../src/errors.js';
import { acquireLock } from '../../src/files/lock/lock.js';

/** `node lock-holder.js PATH`: takes a lock, says what came of it, and stays until it is killed. */
try {
  acquireLock(process.argv[2] ?? '', { since: '2025-11-22T07:05:11.000Z' });
  process.stdout.write('held\n');
} catch (error) {
  process.stdout.write(error instanceof RlpromptError ? `${error.code} ${error.exitCode}\n` : `${String(error)}\n`);
}
setInterval(() => undefined, 1000);
