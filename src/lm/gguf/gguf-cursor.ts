import { readAt } from '../../files/read/read-at.js';
import { damaged } from './gguf-error.js';

const WINDOW_BYTES = 1 << 20;
/** All before the weights: the largest vocabularies take some twenty megabytes. */
const MAX_HEADER_BYTES = 256 * 1024 * 1024;

/** Reads the beginning of a GGUF file forward. What the file announces but does not hold is refused before it is read. */
export class GgufCursor {
  position = 0;
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(
    private readonly fd: number,
    private readonly size: number,
    readonly path: string,
  ) {}

  uint8(): number {
    return this.#take(1).readUInt8();
  }
  int8(): number {
    return this.#take(1).readInt8();
  }
  uint16(): number {
    return this.#take(2).readUInt16LE();
  }
  int16(): number {
    return this.#take(2).readInt16LE();
  }
  uint32(): number {
    return this.#take(4).readUInt32LE();
  }
  int32(): number {
    return this.#take(4).readInt32LE();
  }
  float32(): number {
    return this.#take(4).readFloatLE();
  }
  float64(): number {
    return this.#take(8).readDoubleLE();
  }
  int64(): number {
    return Number(this.#take(8).readBigInt64LE());
  }
  uint64(): number {
    return Number(this.#take(8).readBigUInt64LE());
  }

  text(): string {
    const length = this.uint64();
    this.#require(length);
    return this.#take(length).toString('utf8');
  }

  /** A number of things that take at least `bytes` each. */
  count(bytes: number): number {
    const count = this.uint64();
    this.#require(count * bytes);
    return count;
  }

  #require(bytes: number): void {
    const end = this.position + bytes;
    if (end > this.size)
      throw damaged(`it announces ${bytes} bytes at byte ${this.position} of ${this.size}`, this.path);
    if (end > MAX_HEADER_BYTES) throw damaged(`its description takes more than ${MAX_HEADER_BYTES} bytes`, this.path);
  }

  #take(length: number): Buffer {
    this.#require(length);
    const at = this.position - this.#start;
    if (at + length > this.#window.length) this.#fill(length);
    const from = this.position - this.#start;
    this.position += length;
    return this.#window.subarray(from, from + length);
  }

  #fill(length: number): void {
    const window = Buffer.alloc(Math.min(Math.max(length, WINDOW_BYTES), this.size - this.position));
    const count = readAt(this.fd, window, this.position);
    if (count < window.length) throw damaged(`it ends at byte ${this.position + count}`, this.path);
    this.#window = window;
    this.#start = this.position;
  }
}
