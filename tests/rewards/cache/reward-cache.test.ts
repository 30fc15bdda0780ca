import { describe, expect, it } from 'vitest';
import { RewardCache, type RewardKey } from '../../../src/rewards/cache/reward-cache.js';
import type { RewardRow } from '../../../src/task/define/reward-messages.js';

type Records = { key: string; values: Float32Array | Float64Array }[];

/** A run's own log of what was paid for. */
class Log {
  readonly written: Records[] = [];
  readonly used: string[] = [];
  append(records: readonly { key: string; values: Float32Array | Float64Array }[]): void {
    this.written.push([...records]);
  }
  markUsed(key: string): void {
    this.used.push(key);
  }
}

const key = (prompt: string, exampleCount = 3, examplesKey = 'train'): RewardKey => ({
  prompt,
  examplesKey,
  exampleCount,
});
const row = (reward: number, parts = {}, metrics = {}): RewardRow => ({ reward, parts, metrics });

/** Pays with the prompt's length, and remembers which positions were paid for. */
function payer() {
  const asked: (readonly number[])[] = [];
  const pay = (keys: readonly RewardKey[]) => async (positions: readonly number[]) => {
    asked.push(positions);
    return positions.map((position) => row(keys[position]?.prompt.length ?? Number.NaN));
  };
  const rewards = async (cache: RewardCache, keys: readonly RewardKey[]) =>
    (await cache.rewards(keys, pay(keys))).map(({ reward }) => reward);
  return { asked, rewards };
}

describe('RewardCache', () => {
  it('pays once for a prompt on the same examples, in one call for all that is new', async () => {
    const cache = new RewardCache({ enabled: true });
    const { asked, rewards } = payer();
    expect(await rewards(cache, [key('a'), key('bb')])).toEqual([1, 2]);
    expect(await rewards(cache, [key('bb'), key('ccc', 5), key('a', 3, 'dev'), key('dddd')])).toEqual([2, 3, 1, 4]);
    expect(asked).toEqual([
      [0, 1],
      [1, 2, 3],
    ]);
    expect([cache.forwards, cache.cacheHits]).toEqual([6 + 11, 3]);
    expect(await rewards(cache, [key('a'), key('bb')])).toEqual([1, 2]);
    expect(asked).toHaveLength(2);
    expect([cache.forwards, cache.cacheHits]).toEqual([17, 9]);
  });

  it('remembers nothing where it is off', async () => {
    const cache = new RewardCache({ enabled: false });
    const { asked, rewards } = payer();
    for (let time = 0; time < 2; time++) await rewards(cache, [key('a')]);
    expect(asked).toEqual([[0], [0]]);
    expect([cache.forwards, cache.cacheHits]).toEqual([6, 0]);
  });

  it('writes the names of parts and metrics once, before the rewards that need them', async () => {
    const sink = new Log();
    const cache = new RewardCache({ enabled: true, sink });
    const rows = [row(1, { b: 2 }, { accuracy: 3 }), row(4, { b: 5 }, { accuracy: 6 }), row(7)];
    await cache.rewards([key('a'), key('b'), key('c')], async () => rows);
    await cache.rewards([key('d')], async () => [row(8)]);
    await cache.rewards([key('e')], async () => [row(9, {}, { speed: 10 })]);
    expect(sink.written.map((records) => records.map((record) => [record.key, [...record.values]]))).toEqual([
      [
        ['n\t0\t[["b"],["accuracy"]]', []],
        ['n\t1\t[[],[]]', []],
        ['r\ttrain\ta', [0, 1, 2, 3]],
        ['r\ttrain\tb', [0, 4, 5, 6]],
        ['r\ttrain\tc', [1, 7]],
      ],
      [['r\ttrain\td', [1, 8]]],
      [
        ['n\t2\t[[],["speed"]]', []],
        ['r\ttrain\te', [2, 9, 10]],
      ],
    ]);
    expect(sink.used).toEqual([]);
  });

  it('reads its log again, and neither asks for what it holds nor writes names twice', async () => {
    const sink = new Log();
    const rows = [row(1, { b: 2, a: 3 }, { accuracy: 4 }), row(5)];
    const keys = [key('a'), key('b')];
    await new RewardCache({ enabled: true, sink }).rewards(keys, async () => rows);
    const records = sink.written.flat();
    const unpaid = async (): Promise<never> => {
      throw new Error('all of it was paid for');
    };
    for (const [as, counts] of [
      ['cached', [0, 6]],
      ['prepaid', [6, 0]],
    ] as const) {
      const later = new Log();
      const cache = new RewardCache({ enabled: true, sink: later });
      cache.load(records, as);
      expect(await cache.rewards(keys, unpaid)).toEqual(rows);
      expect([cache.forwards, cache.cacheHits]).toEqual(counts);
      expect(later.used).toEqual(as === 'cached' ? [] : ['r\ttrain\ta', 'r\ttrain\tb']);
      expect(later.written).toEqual([]);
      await cache.rewards([key('c')], async () => [row(6)]);
      expect(later.written.flat().map((record) => record.key)).toEqual(['r\ttrain\tc']);
      await cache.rewards(keys, unpaid);
      expect(cache.cacheHits).toBe(counts[1] + 6);
    }
  });

  it('gives a reward without names where those were lost', async () => {
    const cache = new RewardCache({ enabled: true });
    cache.load([{ key: 'r\ttrain\ta', values: Float64Array.of(4, 2, 3) }], 'cached');
    expect(await cache.rewards([key('a')], async () => [])).toEqual([row(2)]);
  });
});
