import { Rng } from '../../random/rng.js';
import type { Example } from '../../task/types.js';

/**
 * The inputs of a step of a policy that reads them: pass after pass over all of them, each pass in an order of its own.
 * A function of seed and step alone, so that a resumed run takes the next.
 */
export function stepInputs(
  examples: readonly Example[],
  { seed, step, count }: { seed: number; step: number; count: number },
): Example[] {
  const size = Math.min(count, examples.length);
  const orders = new Map<number, Example[]>();
  return Array.from({ length: size }, (_, k) => {
    const position = step * size + k;
    const pass = Math.floor(position / examples.length);
    const order = orders.get(pass) ?? Rng.ofPass(seed, 'inputs', pass).shuffled(examples);
    orders.set(pass, order);
    return order[position % examples.length]!;
  });
}
