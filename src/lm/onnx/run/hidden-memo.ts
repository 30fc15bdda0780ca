/** What the kept states may take, bytes. */
const CAPACITY = 64 * 1024 * 1024;

/**
 * Hidden states where answers are read, so that a row whose answer is read by other words needs no forward. A row's
 * numbers do not depend on its neighbours, so a kept state is the one that a forward would give. The oldest leave first.
 */
export class HiddenMemo {
  readonly #states = new Map<string, Float32Array>();
  #bytes = 0;

  /** [hiddenSize] */
  get(key: string): Float32Array | undefined {
    return this.#states.get(key);
  }

  /** @param hidden kept as it is, so its memory should hold nothing else */
  set(key: string, hidden: Float32Array): void {
    if (this.#states.has(key)) return;
    this.#states.set(key, hidden);
    this.#bytes += sizeOf(key, hidden);
    for (const [oldest, state] of this.#states) {
      if (this.#bytes <= CAPACITY) return;
      this.#states.delete(oldest);
      this.#bytes -= sizeOf(oldest, state);
    }
  }
}

function sizeOf(key: string, hidden: Float32Array): number {
  return 2 * key.length + hidden.byteLength;
}
