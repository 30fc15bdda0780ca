import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from '../cli/spawn-cli.js';

/** A pipe that takes nothing more, for its reader has stopped reading without leaving: a file descriptor to write to it. */
export function fullPipe(): number {
  const path = join(emptyFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const pipe = openSync(path, 'r+');
  const filler = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (;;) writeSync(filler, ' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  closeSync(filler);
  return pipe;
}
