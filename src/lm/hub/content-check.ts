import { createHash, type Hash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { HubFile } from './hub-api.js';

/** What a file's content must be: its length, and a hash of it. */
export interface ExpectedContent {
  readonly size: number;
  readonly sha256?: string | undefined;
  readonly gitSha1?: string | undefined;
}

/** What the listing says of a file's content, where that suffices to check it. */
export function expectedContent({ size, sha256, gitSha1 }: HubFile): ExpectedContent | undefined {
  return size !== undefined && (sha256 ?? gitSha1) !== undefined ? { size, sha256, gitSha1 } : undefined;
}

export function contentName({ sha256, gitSha1 }: ExpectedContent): string {
  return (sha256 ?? gitSha1)!;
}

/** A hash to be fed with the content; git puts the length before it. */
export function startHash({ size, sha256 }: ExpectedContent): Hash {
  return sha256 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Whether a file on the disk is what it should be. */
export async function isIntact(path: string, expected: ExpectedContent): Promise<boolean> {
  const hash = startHash(expected);
  const stream = createReadStream(path, { highWaterMark: 4 * 1024 * 1024 });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return stream.bytesRead === expected.size && hash.digest('hex') === contentName(expected);
}

const POINTER = 'version https://git-lfs.github.com/spec/v1';

/** Whether a file is only the note that stands for a large one in git. */
export function isLfsPointer(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const start = Buffer.alloc(POINTER.length);
    return readSync(fd, start, 0, start.length, 0) === start.length && start.toString('latin1') === POINTER;
  } finally {
    closeSync(fd);
  }
}
