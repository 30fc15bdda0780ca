#!/usr/bin/env node
import { writeSync } from 'node:fs';

try {
  // Alone and first: from here on a signal is answered, also while the rest is loaded.
  await import('../dist/src/cli/shared/signals.js');
  await import('../dist/src/cli/main.js');
} catch (error) {
  // Where no more files can be opened, nothing can be loaded that would say so.
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  writeSync(
    2,
    `rlprompt: E_OS_LIMIT: ${error.message} · raise the limit on open files, for instance: ulimit -n 4096\n`,
  );
  process.exitCode = 71;
}
