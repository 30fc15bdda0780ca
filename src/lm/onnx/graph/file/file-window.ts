import { closeSync, fstatSync, openSync } from 'node:fs';
import { RlpromptError } from '../../../../errors.js';
import { readAt } from '../../../../files/read/read-at.js';

const WINDOW_BYTES = 1 << 16;

/** Reads a file forward through a small window, so that gigabytes can be stepped over. */
export class FileWindow {
  readonly path: string;
  readonly size: number;
  /** Offset in the file of the next byte. */
  position = 0;
  readonly #fd: number;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    this.size = fstatSync(this.#fd).size;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** A protobuf varint of at most ten bytes; exact up to 2^53. */
  varint(end: number): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (this.position >= end) throw this.corrupt('ends inside a number');
      const byte = this.#byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw this.corrupt('has a number of more than ten bytes');
  }

  /** Bytes from..to of the file, as a copy; the position does not move. */
  bytes(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    readFully(this.#fd, bytes, from, this.path);
    return bytes;
  }

  corrupt(what: string): RlpromptError {
    return new RlpromptError({
      code: 'E_MODEL_CORRUPT',
      exit: 'data',
      message: `not a whole ONNX file: it ${what} at byte ${this.position} of ${this.size}`,
      where: this.path,
      next: 'download or export the model again',
    });
  }

  #byte(): number {
    const at = this.position - this.#start;
    if (at < 0 || at >= this.#window.length) {
      this.#start = this.position;
      this.#window = this.bytes(this.position, Math.min(this.size, this.position + WINDOW_BYTES));
      this.position++;
      return this.#window[0]!;
    }
    this.position++;
    return this.#window[at]!;
  }
}

/** Fills `into` from a file's bytes at `position`; a file that ends early is refused. */
export function readFully(fd: number, into: Uint8Array, position: number, path: string): void {
  const count = readAt(fd, into, position);
  if (count === into.length) return;
  throw new RlpromptError({
    code: 'E_MODEL_TRUNCATED',
    exit: 'data',
    message: `the file ends at byte ${position + count}, ${position + into.length} were expected`,
    where: path,
    next: 'download or export the model again',
  });
}
