import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../src/data/json-fault.js';

describe('the place of a mistake in JSON', () => {
  it.each([
    ['{"text": abc}', 9],
    ['{"text": "abc"', 14],
    ['{"text": "abc}', 14],
    ['{"text": "a\\x"}', 11],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['{"a" 1}', 4],
    ['{"a":01}', 6],
    ['{"a":1}}', 7],
    ['{"a":1]', 6],
    ["{'a':1}", 1],
    ['{"a":tru}', 5],
    ['[1 2]', 3],
    ['', 0],
  ])('%s', (text, offset) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toBe(offset);
  });

  it('is the end of a text that is JSON', () => {
    fc.assert(fc.property(fc.json(), (json) => jsonFault(json) === json.length));
  });

  it('needs no more stack for deeper texts', () => {
    expect(jsonFault('['.repeat(200_000))).toBe(200_000);
  });
});
