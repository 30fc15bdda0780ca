import { describe, expect, it } from 'vitest';
import { philox4x32 } from '../../src/random/philox.js';
import { RNG_STREAMS, Rng } from '../../src/random/rng.js';

describe('Philox4x32-10', () => {
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)('gives the published answer for counter %j and key %j', (counter, key, expected) => {
    const words = Array.from(philox4x32([...counter], key), (word) => word.toString(16).padStart(8, '0'));
    expect(words.join(' ')).toBe(expected);
  });
});

describe('the random number generator', () => {
  it('continues from a saved state exactly as if it had not stopped, at every point of a block', () => {
    for (let drawn = 0; drawn < 9; drawn++) {
      const rng = Rng.create(2 ** 40 + 7, 'sampling');
      for (let i = 0; i < drawn; i++) rng.uint32();
      const state = JSON.parse(JSON.stringify(rng.save())) as ReturnType<typeof rng.save>;
      expect(state).toEqual({ seed: 2 ** 40 + 7, stream: RNG_STREAMS.sampling, counter: drawn });
      const expected = Array.from({ length: 10 }, () => rng.uint32());
      const restored = Rng.restore(state);
      expect(Array.from({ length: 10 }, () => restored.uint32())).toEqual(expected);
    }
  });

  it('gives other numbers for another stream, another seed, and a seed beyond 32 bits', () => {
    const first = [
      Rng.create(1, 'sampling'),
      Rng.create(1, 'replay'),
      Rng.create(2, 'sampling'),
      Rng.create(2 ** 32 + 1, 'sampling'),
    ].map((rng) => rng.uint32());
    expect(new Set(first).size).toBe(4);
  });

  it('is uniform: moments, bins and neighbours of 100,000 numbers are as they should be', () => {
    const rng = Rng.create(0, 'sampling');
    const n = 100_000;
    const bins = new Array<number>(100).fill(0);
    let sum = 0;
    let squares = 0;
    let products = 0;
    let previous = 0.5;
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const value = rng.float();
      if (value < 0 || value >= 1) outside++;
      sum += value;
      squares += (value - 0.5) ** 2;
      products += (value - 0.5) * (previous - 0.5);
      previous = value;
      bins[Math.floor(value * 100)]! += 1;
    }
    expect(outside).toBe(0);
    const chiSquare = bins.reduce((total, count) => total + (count - n / 100) ** 2 / (n / 100), 0);
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(0.002);
    expect(Math.abs(products / n)).toBeLessThan(4 / 12 / Math.sqrt(n));
    // 99 degrees of freedom: outside 55 … 155 has a chance below 0.0005
    expect(chiSquare).toBeGreaterThan(55);
    expect(chiSquare).toBeLessThan(155);
  });

  it('draws whole numbers below a bound without favour and shuffles without loss', () => {
    const rng = Rng.create(9, 'examples');
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[rng.below(3)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(330);
    const items = Array.from({ length: 20 }, (_, i) => i);
    const shuffled = rng.shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
  });

  it('refuses a seed that is not a whole number', () => {
    expect(() => Rng.create(1.5, 'sampling')).toThrow(/whole numbers/);
    expect(() => Rng.create(-1, 'sampling')).toThrow(/whole numbers/);
  });
});
