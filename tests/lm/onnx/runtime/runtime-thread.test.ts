import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../src/lm/onnx/graph/graph-builder.js';
import { createSession } from '../../../../src/lm/onnx/run/session.js';
import { RuntimeCalls, runtimeCalls } from '../../../../src/lm/onnx/runtime/runtime-calls.js';
import { constantFloats, LARGE_BYTES, needsNoCopy } from '../../../../src/lm/onnx/runtime/shared-memory.js';

const [ROWS, SIZE] = [256, 768];

/** A product, repeated so often that one call takes some hundred milliseconds. */
function products(count: number): Uint8Array {
  const graph = new GraphBuilder('products');
  const w = graph.constant(
    'w',
    Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i) / 20),
    [SIZE, SIZE],
  );
  let x = graph.input('x', 'float32', ['rows', SIZE]);
  for (let i = 0; i < count; i++) x = graph.node('MatMul', [x, w]);
  graph.output(graph.node('Identity', [x], { name: 'y' }), 'float32', ['rows', SIZE]);
  return graph.build();
}

/** Columns that make a matrix large enough to be shared. */
const WIDE = Math.ceil(LARGE_BYTES / (SIZE * Float32Array.BYTES_PER_ELEMENT));

/** A product with a matrix that is fed. */
function bigProduct(): Uint8Array {
  const graph = new GraphBuilder('fed');
  const x = graph.input('x', 'float32', ['rows', SIZE]);
  const w = graph.input('w', 'float32', [SIZE, 'columns']);
  graph.output(graph.node('MatMul', [x, w], { name: 'y' }), 'float32', ['rows', 'columns']);
  return graph.build();
}

const input = () => Float32Array.from({ length: ROWS * SIZE }, (_, i) => Math.cos(i));

describe('a session in the thread of the runtime', () => {
  it('gives the same bits, leaves its input as it is, and lets this thread go on', async () => {
    const bytes = products(20);
    const [here, there] = [await createSession({ bytes }), await createSession({ bytes }, { inThread: true })];
    const data = input();
    const { y: expected } = await here.run({ x: here.tensor('float32', data, [ROWS, SIZE]) }, ['y']);
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    const since = performance.now();
    const { y } = await there.run({ x: there.tensor('float32', data, [ROWS, SIZE]) }, ['y']);
    const ms = performance.now() - since;
    clearInterval(ticking);
    expect(y!.data).toEqual(expected!.data);
    expect(y!.dims).toEqual([ROWS, SIZE]);
    expect(data).toEqual(input());
    expect(ticks).toBeGreaterThan(ms / 50);
    await here.dispose();
    await there.dispose();
  });

  it('takes a view of a larger buffer as what it shows', async () => {
    const there = await createSession({ bytes: products(1) }, { inThread: true });
    const larger = new Float32Array(3 * SIZE);
    larger.fill(1, SIZE, 2 * SIZE);
    const run = async (row: Float32Array) =>
      (await there.run({ x: there.tensor('float32', row, [1, SIZE]) }, ['y'])).y!.data;
    expect(await run(larger.subarray(SIZE, 2 * SIZE))).toEqual(await run(new Float32Array(SIZE).fill(1)));
    await there.dispose();
  });

  it('reads constants, and what is put into its own memory, without a copy at each call', async () => {
    const there = await createSession({ bytes: bigProduct() }, { inThread: true });
    const weights = constantFloats(SIZE * WIDE);
    weights.fill(1);
    const sums = [];
    for (const value of [1, 2]) {
      const row = new Float32Array(there.memory(SIZE * Float32Array.BYTES_PER_ELEMENT)).fill(value);
      expect([weights, row].every(needsNoCopy)).toBe(true);
      const feeds = { x: there.tensor('float32', row, [1, SIZE]), w: there.tensor('float32', weights, [SIZE, WIDE]) };
      const { y } = await there.run(feeds, ['y']);
      sums.push([...new Set(y!.data as Float32Array)]);
    }
    expect(sums).toEqual([[SIZE], [2 * SIZE]]);
    await there.dispose();
  });

  it('says what the runtime refuses', async () => {
    await expect(createSession({ bytes: Uint8Array.of(1, 2, 3) }, { inThread: true })).rejects.toMatchObject({
      code: 'E_MODEL_LOAD',
    });
    const there = await createSession({ bytes: products(1) }, { inThread: true });
    const feeds = { x: there.tensor('float32', new Float32Array(3), [1, 3]) };
    await expect(there.run(feeds, ['y'])).rejects.toMatchObject({ code: 'E_MODEL_RUN' });
    expect(runtimeCalls.isIdle).toBe(true);
    await there.dispose();
  });
});

describe('calls of the runtime', () => {
  it('are waited for at a close, after which none begins', async () => {
    const calls = new RuntimeCalls();
    let finish = (): void => {};
    const first = calls.count(() => new Promise<void>((resolve) => (finish = resolve)));
    let isClosed = false;
    const closing = calls.close().then(() => {
      isClosed = true;
    });
    let isBegun = false;
    void calls.count(async () => {
      isBegun = true;
    });
    await new Promise((done) => setImmediate(done));
    expect({ isBegun, isClosed, idle: calls.isIdle }).toEqual({ isBegun: false, isClosed: false, idle: false });
    finish();
    await first;
    await closing;
    expect({ isBegun, idle: calls.isIdle }).toEqual({ isBegun: false, idle: true });
  });
});
