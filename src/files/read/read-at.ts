import { readSync } from 'node:fs';

/** Fills `into` with a file's bytes from `position` on. @returns how many there are: fewer where the file ends before */
export function readAt(fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
