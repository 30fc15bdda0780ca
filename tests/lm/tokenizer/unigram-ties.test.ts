import { expect, it } from 'vitest';
import { asLibraryNumber } from '../../../src/lm/tokenizer/models/library-number.js';
import { createTokenizerEngine } from '../../../src/lm/tokenizer/tokenize.js';

/** The ids are those of the Python library, version 0.23, for the same JSON. */
it('equally likely paths are chosen between by scores as the Rust library reads them', () => {
  const vocab = [
    ['[UNK]', 0],
    ['the', -4.255858112787755],
    ['a', -4.959931269986738],
    ['b', -5.3476152202818135],
    ['ab', -3.8467098289435677],
    ['abb', -6.000267305477487],
    ['abab', -6.318655342667676],
  ];
  const engine = createTokenizerEngine({ model: { type: 'Unigram', unk_id: 0, vocab } });
  expect(engine.encode('theabbababab')).toEqual([1, 5, 6, 4]);
});

it.each([
  [0, 0],
  [-1.5, -1.5],
  [1e-7, 1e-7],
  [2e21, 2e21],
])('%d stays what it is', (value, read) => {
  expect(asLibraryNumber(value)).toBe(read);
});
