import { type FileSystem, writeFully } from '../file-system.js';
import { toIoError } from '../io-error.js';
import { quietly } from './atomic-write.js';

/** A file that only grows. What `append` wrote is in it whole; what it failed to write is taken back. */
export class AppendFile {
  private length: number;
  /** A failed write left a part behind that could not be taken back. */
  private isTorn = false;

  private constructor(
    private readonly fs: FileSystem,
    private readonly path: string,
    private readonly fd: number,
    length: number,
  ) {
    this.length = length;
  }

  /** Opens or begins the file; what stands beyond `length`, of `size` bytes, is cut off. */
  static open(path: string, fs: FileSystem, { size, length }: { size: number; length: number }): AppendFile {
    const fd = fs.open(path, 'a');
    try {
      if (size > length) fs.truncate(fd, length);
    } catch (error) {
      quietly(() => fs.close(fd));
      throw error;
    }
    return new AppendFile(fs, path, fd, length);
  }

  /** @param separator what keeps a torn part before it from running into these bytes */
  append(bytes: Uint8Array, separator = ''): void {
    try {
      if (this.isTorn && separator) writeFully(this.fs, this.fd, Buffer.from(separator));
      writeFully(this.fs, this.fd, bytes);
    } catch (error) {
      this.takeBack();
      throw toIoError(error, { action: 'write', path: this.path, kept: 'everything written to it before' });
    }
    this.length += bytes.length;
  }

  private takeBack(): void {
    // Once torn, `length` no longer says where the good part ends.
    if (this.isTorn) return;
    this.isTorn = true;
    quietly(() => {
      this.fs.truncate(this.fd, this.length);
      this.isTorn = false;
    });
  }

  sync(): void {
    try {
      this.fs.sync(this.fd);
    } catch (error) {
      throw toIoError(error, { action: 'write', path: this.path, kept: 'the last checkpoint' });
    }
  }

  /** Makes the end last too; a failure is not told, for nothing but the checkpoints, synced before, relies on it. */
  close(): void {
    quietly(() => this.fs.sync(this.fd));
    quietly(() => this.fs.close(this.fd));
  }
}
