import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dequantize } from '../../../src/lm/gguf/dequantize.js';
import { TENSOR_TYPE_NAMES, tensorType } from '../../../src/lm/gguf/tensor-types.js';

const path = join(import.meta.dirname, '../../fixtures/gguf/dequantized.json');
const expected = JSON.parse(readFileSync(path, 'utf8')) as Record<
  string,
  { number: number; bytes: string; values: string }
>;

describe('the numbers of blocks', () => {
  it('are known for every type that is read', () => {
    expect(Object.keys(expected).sort()).toEqual([...TENSOR_TYPE_NAMES].sort());
  });

  it.each(Object.entries(expected))('of %s are those of the Python library', (name, { number, bytes, values }) => {
    const type = tensorType(number)!;
    expect(type.name).toBe(name);
    const own = dequantize(type, Buffer.from(bytes, 'base64'));
    const buffer = Uint8Array.from(Buffer.from(values, 'base64')).buffer;
    const given = new Float32Array(buffer);
    expect(own).toHaveLength(given.length);
    // A product and a sum may be rounded once or twice.
    for (const [i, value] of given.entries())
      expect(Math.abs(own[i]! - value)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(value)));
  });
});
