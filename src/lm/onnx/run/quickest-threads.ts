import { availableParallelism } from 'node:os';
import { GraphBuilder } from '../graph/graph-builder.js';
import { createSession, defaultThreads, MOST_THREADS } from './session.js';

/** Rows, inner and outer size of the product that is timed: a few milliseconds for one core. */
const [ROWS, INNER, OUTER] = [64, 512, 2048];
const REPEATS = 3;
/** More threads are only taken where they are worth it. */
const GAIN = 0.97;
/** From here on more threads only get in each other's way. */
const LOSS = 1.15;

/** A quiet machine takes a tenth of this. */
const MOST_MS = 500;

let measured: Promise<number> | undefined;

/**
 * The number of threads with which a matrix product is quickest here and now: 1, 2, 4 … up to the processors. Measured
 * once a process, in some tens of milliseconds. Processors as the system counts them may share cores, or be more than a
 * container is given.
 */
export function quickestThreads(): Promise<number> {
  measured ??= measure(candidates(availableParallelism()), timeProduct).then((best) => best ?? defaultThreads());
  return measured;
}

/** 1, 2, 4 … and the number of processors itself. */
export function candidates(processors: number): number[] {
  const most = Math.min(processors, MOST_THREADS);
  const powers = Array.from({ length: Math.ceil(Math.log2(most)) }, (_, i) => 2 ** i);
  return [...powers, most];
}

/**
 * The fewest threads that are about as quick as any, trying from few to many until it gets slower.
 * @returns undefined where it takes too long to find out: on a machine so busy the times mean nothing
 */
export async function measure(
  counts: readonly number[],
  time: (threads: number) => Promise<number>,
): Promise<number | undefined> {
  const since = performance.now();
  let best = { threads: counts[0]!, ms: await time(counts[0]!) };
  for (const threads of counts.slice(1)) {
    if (performance.now() - since > MOST_MS) return undefined;
    const ms = await time(threads);
    if (ms > best.ms * LOSS) break;
    if (ms < best.ms * GAIN) best = { threads, ms };
  }
  return best.threads;
}

/** Milliseconds of the best of some products. */
async function timeProduct(threads: number): Promise<number> {
  const session = await createSession({ bytes: productGraph() }, { threads });
  const feeds = { x: session.tensor('float32', new Float32Array(ROWS * INNER).fill(1), [ROWS, INNER]) };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= REPEATS; i++) {
    const since = performance.now();
    await session.run(feeds, ['y']);
    // The first call sets threads and memory up.
    if (i > 0) best = Math.min(best, performance.now() - since);
  }
  await session.dispose();
  return best;
}

function productGraph(): Uint8Array {
  const graph = new GraphBuilder('product');
  const x = graph.input('x', 'float32', ['rows', INNER]);
  const w = graph.constant('w', new Float32Array(INNER * OUTER).fill(1), [INNER, OUTER]);
  graph.output(graph.node('MatMul', [x, w], { name: 'y' }), 'float32', ['rows', OUTER]);
  return graph.build();
}
