import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow to twice what is alive before all of it is collected. V8 counts what goes in and out of the runtime as
 * heap, and so collected after every step; its threads took the processors from the runtime's
 * (docs/explanation/performance.md). Call once models are loaded: before, each collection would block keys and screen longer.
 */
export function collectLessOften(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
