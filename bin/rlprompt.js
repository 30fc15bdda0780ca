#!/usr/bin/env node
import { writeSync } from 'node:fs';

try {
  // Alone and first: from here on a signal is answered, also while the rest is loaded.
  await import('../dist/src/cli/signals/signals.js');
  await import('../dist/src/cli/main.js');
} catch (error) {
  // What cannot be loaded cannot say so: too few files may be open, or the installation is not whole.
  if (process.env.RLPROMPT_DEBUG) throw error;
  const isLimit = error.code === 'EMFILE' || error.code === 'ENFILE';
  const [code, exitCode, next] = isLimit
    ? ['E_OS_LIMIT', 71, 'raise the limit on open files, for instance: ulimit -n 4096']
    : ['E_INTERNAL', 70, 'install the program again; in a clone of its repository: npm ci'];
  const [message] = String(error.message).split('\n');
  writeSync(2, `rlprompt: ${code}: the program cannot be loaded: ${message} · no files were changed · ${next}\n`);
  process.exitCode = exitCode;
}
