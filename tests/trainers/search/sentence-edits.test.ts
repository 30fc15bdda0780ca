import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { drawEdit, wordsOf } from '../../../src/trainers/search/sentence-edits.js';

const words = [[10, 11], [20], [30, 31]];
const sentence = words.flat();

function edits(canGrow: boolean, of = words): string[] {
  const rng = Rng.create(1, 'search');
  const all = Array.from({ length: 400 }, () => {
    const { before, after, hasGap } = drawEdit(of, { canGrow, rng });
    return [...before, ...(hasGap ? ['_'] : []), ...after].join(' ');
  });
  return [...new Set(all)].sort();
}

describe('edits of a sentence', () => {
  it('split it where a token starts a word', () => {
    expect(wordsOf(sentence, (id) => id % 10 === 0)).toEqual(words);
    expect(wordsOf([11, 12], () => false)).toEqual([[11, 12]]);
  });

  it('are all deletions, swaps, substitutions and insertions of whole words', () => {
    const deleted = ['20 30 31', '10 11 30 31', '10 11 20'];
    const swapped = ['20 10 11 30 31', '30 31 20 10 11', '10 11 30 31 20'];
    const substituted = ['_ 20 30 31', '10 11 _ 30 31', '10 11 20 _'];
    const inserted = ['_ 10 11 20 30 31', '10 11 _ 20 30 31', '10 11 20 _ 30 31', '10 11 20 30 31 _'];
    expect(edits(true)).toEqual([...deleted, ...swapped, ...substituted, ...inserted].sort());
    expect(edits(false)).toEqual([...deleted, ...swapped, ...substituted].sort());
  });

  it('leave a sentence of one word a word', () => {
    expect(edits(false, [[10]])).toEqual(['_']);
  });
});
