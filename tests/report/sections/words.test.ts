import { describe, expect, it } from 'vitest';
import { tokenText } from '../../../src/report/sections/token-text.js';

describe('tokens as people read them', () => {
  it.each([
    ['Ġback', '␣back'],
    ['Ċ', '⏎'],
    ['Ã¤ch', 'äch'],
    ['▁sicher', '␣sicher'],
    ['##ing', '##ing'],
    ['日本', '日本'],
  ])('shows %s as %s', (piece, text) => expect(tokenText(piece)).toBe(text));

  it('leaves a piece of a character as it is in the vocabulary', () => expect(tokenText('æĹ')).toBe('æĹ'));
});
