import { describe, expect, it } from 'vitest';
import { PromptPrefix } from '../../../src/trainers/policy/prompt-prefix.js';
import { scriptedGenerator } from '../scripted-generator.js';

const generator = scriptedGenerator();
const ids = (...words: string[]) => words.map(generator.idOf);
const START = 0;

function prefix(contextLength: number | undefined, context?: string[], given = 0): PromptPrefix {
  const lm = contextLength === undefined ? generator : { ...generator, contextLength };
  return new PromptPrefix(lm, { promptLength: 3, ...(context === undefined ? {} : { context }) }, given);
}

describe('what is read before a prompt', () => {
  it('is the start token, and an input after it as far as there is room', () => {
    expect(prefix(undefined).of(undefined)).toEqual({ tokenIds: [START], isCut: false });
    const input = ' great movie plot';
    expect(prefix(undefined).of(input)).toEqual({ tokenIds: [START, ...ids('movie', 'plot')], isCut: false });
    expect(prefix(5).of(input).isCut).toBe(false);
    expect(prefix(4).of(input)).toEqual({ tokenIds: [START, ...ids('movie')], isCut: true });
  });

  it('is the end of a context where one is given, whatever the input', () => {
    const context = [' great movie', ' sad plot'];
    // A line break joins the lines; the tokenizer has none.
    const tokens = ids('great', 'sad', 'plot');
    const whole = generator.tokenizer.encode(context.join('\n'));
    expect(whole.slice(-1)).toEqual(tokens.slice(-1));
    expect(prefix(undefined, context).of('ignored')).toEqual({ tokenIds: [START, ...whole], isCut: false });
    expect(prefix(whole.length + 3, context).of(undefined)).toEqual({ tokenIds: [START, ...whole], isCut: false });
    expect(prefix(whole.length + 2, context).of(undefined)).toEqual({
      tokenIds: [START, ...whole.slice(1)],
      isCut: true,
    });
  });

  it('leaves room for the tokens that every prompt begins with, and keeps one of the context at least', () => {
    const context = [' great movie sad plot'];
    expect(prefix(7, context, 1).of(undefined)).toEqual({
      tokenIds: [START, ...ids('movie', 'sad', 'plot')],
      isCut: true,
    });
    expect(prefix(7, context, 0).of(undefined).isCut).toBe(false);
    for (const length of [3, 4]) {
      expect(prefix(length, context).of(undefined)).toEqual({ tokenIds: [START, ...ids('plot')], isCut: true });
    }
  });
});
