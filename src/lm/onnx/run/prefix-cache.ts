import { type KvBlock, kvBytes } from './kv-block.js';

/** Caches of token prefixes, the least recently used given up first. */
export class PrefixCache {
  readonly #entries = new Map<string, KvBlock>();
  readonly #capacity: number;
  #bytes = 0;

  /** @param capacity bytes to keep at most */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get(key: string): KvBlock | undefined {
    const block = this.#entries.get(key);
    if (block) {
      this.#entries.delete(key);
      this.#entries.set(key, block);
    }
    return block;
  }

  set(key: string, block: KvBlock): void {
    this.#entries.set(key, block);
    this.#bytes += kvBytes(block);
    for (const [oldest, old] of this.#entries) {
      if (this.#bytes <= this.#capacity || oldest === key) break;
      this.#entries.delete(oldest);
      this.#bytes -= kvBytes(old);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
