import { totalmem } from 'node:os';
import { expect, it } from 'vitest';
import { memoryThere, requireMemoryFor } from '../../src/files/memory-limits.js';

it('memory is that of the machine, or less', () => {
  expect(memoryThere()).toBeGreaterThan(0);
  expect(memoryThere()).toBeLessThanOrEqual(totalmem());
});

it('a model that is larger than the memory is refused, with both sizes', () => {
  expect(() => requireMemoryFor(memoryThere(), 'm.onnx')).not.toThrow();
  const load = () => requireMemoryFor(9e15, 'm.onnx');
  expect(load).toThrow(expect.objectContaining({ code: 'E_OS_LIMIT', exitCode: 71, where: 'm.onnx' }));
  expect(load).toThrow(/takes 9000000\.0 GB, and [\d.]+ GB of memory is/);
});
