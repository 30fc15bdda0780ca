import { join } from 'node:path';
import { nodeFileSystem, writeFully } from '../../../files/file-system.js';
import { toIoError } from '../../../files/io-error.js';

const FILE = 'reward.log';
const LARGEST = 16 * 1024 * 1024;

/** `reward.log` of a run: what its custom reward printed, logged and threw. It begins with the first word of it. */
export class RewardLog {
  private path: string | undefined;
  private early = '';
  private size = 0;

  /** Before `open` the text waits: a reward is tried out before its run has a folder to write to. */
  write(text: string): void {
    if (this.size > LARGEST) return;
    this.size += text.length;
    const kept = this.size > LARGEST ? `${text}\n(no more of it is kept)\n` : text;
    if (this.path === undefined) this.early += kept;
    else append(this.path, kept);
  }

  open(runDir: string): void {
    this.path = join(runDir, FILE);
    if (this.early !== '') append(this.path, this.early);
    this.early = '';
  }
}

function append(path: string, text: string): void {
  try {
    const fd = nodeFileSystem.open(path, 'a');
    try {
      writeFully(nodeFileSystem, fd, Buffer.from(text));
    } finally {
      nodeFileSystem.close(fd);
    }
  } catch (error) {
    throw toIoError(error, { action: 'write', path });
  }
}
