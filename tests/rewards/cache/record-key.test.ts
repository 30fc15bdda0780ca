import { describe, expect, it } from 'vitest';
import {
  blockKey,
  inputKey,
  namesKey,
  pairKey,
  parseRecordKey,
  rewardKey,
  rowKey,
} from '../../../src/rewards/cache/record-key.js';

describe('the key of a record', () => {
  it('is fields between tabs, the text last', () => {
    expect(inputKey(3, 'a\tb')).toBe('t\t3\ta\tb');
    expect(blockKey('context', [1, 2], 'p')).toBe('b\tcontext\t1,2\tp');
    expect(rowKey('context', 4, 'p')).toBe('r\tcontext\t4\tp');
    expect(namesKey(0, '[[],[]]')).toBe('n\t0\t[[],[]]');
    expect(rewardKey('train', 'p')).toBe('r\ttrain\tp');
    expect(pairKey('train', 'p')).toBe('train\tp');
  });

  it('is read back, tabs of the text among it', () => {
    expect(parseRecordKey(inputKey(3, 'a\tb\t'))).toEqual({ kind: 'input', id: 3, text: 'a\tb\t' });
    expect(parseRecordKey(namesKey(5, '["a\tb"]'))).toEqual({ kind: 'names', id: 5, json: '["a\tb"]' });
    expect(parseRecordKey(blockKey('c', [7, 8], 'p\tq'))).toEqual({
      kind: 'block',
      context: 'c',
      inputIds: [7, 8],
      prompt: 'p\tq',
    });
    for (const key of [rowKey('c', 1, 'p'), rewardKey('train', 'p'), '']) {
      expect(parseRecordKey(key)).toEqual({ kind: 'other' });
    }
  });

  it('has empty fields where some are missing', () => {
    expect(parseRecordKey('t')).toEqual({ kind: 'input', id: 0, text: '' });
    expect(parseRecordKey('b')).toEqual({ kind: 'block', context: '', inputIds: [0], prompt: '' });
  });
});
