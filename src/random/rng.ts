import { RlpromptError } from '../errors.js';
import { philox4x32 } from './philox.js';

/** One independent stream of random numbers for each purpose: using one more never shifts another. Append only. */
export const RNG_STREAMS = {
  initialisation: 0,
  sampling: 1,
  examples: 2,
  replay: 3,
  reward: 4,
  search: 5,
  // 6 was that of screening, which versions up to 0.1.0 had.
  racing: 7,
  inputs: 8,
  minibatches: 9,
  devExamples: 10,
  testExamples: 11,
  demonstrations: 12,
  fisher: 13,
  endings: 14,
} as const;

export type RngStream = keyof typeof RNG_STREAMS;

/** Random words set aside for one pass over the data. */
const WORDS_PER_PASS = 2 ** 24;

/** Everything a generator is: three whole numbers, fit for JSON. */
export interface RngState {
  readonly seed: number;
  readonly stream: number;
  /** How many 32-bit words were drawn. */
  readonly counter: number;
}

/**
 * Counter-based random numbers: the word at (seed, stream, counter) is a pure function, Philox4x32-10 (Salmon et al., SC
 * 2011), so a saved state continues exactly where it stopped, on any machine.
 */
export class Rng {
  private block: Uint32Array | undefined;

  private constructor(
    private readonly seed: number,
    private readonly stream: number,
    private counter: number,
  ) {}

  /** @param seed whole number from 0 to 2^53 − 1 */
  static create(seed: number, stream: RngStream): Rng {
    return Rng.restore({ seed, stream: RNG_STREAMS[stream], counter: 0 });
  }

  /** The numbers of one pass over the data, apart from those of every other: a function of its arguments alone. */
  static ofPass(seed: number, stream: RngStream, pass: number): Rng {
    return Rng.restore({ seed, stream: RNG_STREAMS[stream], counter: pass * WORDS_PER_PASS });
  }

  /** @throws RlpromptError E_RNG_STATE */
  static restore({ seed, stream, counter }: RngState): Rng {
    if (![seed, stream, counter].every((value) => Number.isSafeInteger(value) && value >= 0) || stream > 0xffffffff) {
      throw new RlpromptError({
        code: 'E_RNG_STATE',
        exit: 'config',
        message: `seed, stream and counter must be whole numbers of at least 0, got ${seed}, ${stream}, ${counter}`,
        next: 'restore a state that save() gave',
      });
    }
    return new Rng(seed, stream, counter);
  }

  save(): RngState {
    return { seed: this.seed, stream: this.stream, counter: this.counter };
  }

  /** A word, uniform over 0 … 2^32 − 1. */
  uint32(): number {
    const word = this.counter % 4;
    if (word === 0 || !this.block) {
      const blockIndex = Math.floor(this.counter / 4);
      this.block = philox4x32([...halves(blockIndex), this.stream, 0], halves(this.seed));
    }
    this.counter += 1;
    return this.block[word]!;
  }

  /** Uniform in [0, 1), all 53 bits; draws two words. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A whole number, uniform over 0 … bound − 1, for a bound up to 2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % bound;
  }

  /** A new array in random order (Fisher-Yates). */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    return order;
  }
}

function halves(value: number): [low: number, high: number] {
  return [value % 2 ** 32, Math.floor(value / 2 ** 32)];
}
