import { expect, it } from 'vitest';
import { promptKey } from '../../src/trainers/contract/prompt-key.js';

it('the key of a prompt tells its tokens, and the input it is for, from all others', () => {
  expect(promptKey([1, 23])).toBe('1 23');
  expect(promptKey([12, 3])).toBe('12 3');
  expect(promptKey([1, 23], 'text')).toBe('1 23\ttext');
  expect(promptKey([1, 23], '')).not.toBe(promptKey([1, 23]));
});
