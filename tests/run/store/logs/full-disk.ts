import { type FileSystem, nodeFileSystem } from '../../../../src/files/file-system.js';

export interface FullDisk {
  readonly fs: FileSystem;
  isFull: boolean;
}

/** A disk that takes only the first `partial` bytes of a write while it is full, and may refuse to give them back. */
export function fullDisk({ partial, canTakeBack }: { partial: number; canTakeBack: boolean }): FullDisk {
  const disk: FullDisk = {
    isFull: false,
    fs: {
      ...nodeFileSystem,
      write: (fd, bytes) =>
        disk.isFull ? nodeFileSystem.write(fd, bytes.subarray(0, partial)) && fail() : nodeFileSystem.write(fd, bytes),
      truncate: (fd, length) => (canTakeBack ? nodeFileSystem.truncate(fd, length) : fail()),
    },
  };
  return disk;
}

function fail(): never {
  throw Object.assign(new Error('ENOSPC: made up'), { code: 'ENOSPC' });
}
