import { describe, expect, it } from 'vitest';
import { inputPrefix } from '../../src/policy/input-prefix.js';
import { scriptedGenerator } from '../trainers/scripted-generator.js';

const { tokenizer, idOf } = scriptedGenerator();
const reader = { tokenizer, startToken: 0, contextLength: 8, promptLength: 3 };

describe('what a policy reads of an input', () => {
  it('is the start token, and the input behind it', () => {
    expect(inputPrefix(' great movie', reader)).toEqual({ tokenIds: [0, idOf('movie')], isCut: false });
    expect(inputPrefix(' x great movie', reader).tokenIds).toEqual([0, idOf('great'), idOf('movie')]);
  });

  it('is the start token alone for an empty input, a blank one and none', () => {
    for (const input of ['', ' \n ', undefined]) {
      expect(inputPrefix(input, reader)).toEqual({ tokenIds: [0], isCut: false });
    }
  });

  it('asks the tokenizer for nothing where there is nothing to read', () => {
    const marking = { ...tokenizer, encode: (text: string) => [7, ...tokenizer.encode(text)] };
    expect(inputPrefix(' ', { ...reader, tokenizer: marking })).toEqual({ tokenIds: [0], isCut: false });
    expect(inputPrefix('x', { ...reader, tokenizer: marking }).tokenIds).toContain(7);
  });

  it('is the beginning of a long input, as much as leaves room for the prompt', () => {
    const words = ['x', 'great', 'movie', 'plot', 'story', 'scene', 'music'];
    const five = inputPrefix(words.slice(0, 6).join(' '), reader);
    const six = inputPrefix(words.join(' '), reader);
    expect(five).toEqual({ tokenIds: [0, ...words.slice(1, 6).map(idOf)], isCut: false });
    expect(six).toEqual({ tokenIds: five.tokenIds, isCut: true });
  });

  it('is nothing of the input where the prompt fills the context', () => {
    expect(inputPrefix('x great', { ...reader, promptLength: 8 })).toEqual({ tokenIds: [0], isCut: true });
  });
});
