import { describe, expect, it } from 'vitest';
import { completeRunConfig, resolveRunConfig } from '../../../src/config/resolve-run-config.js';

const resolve = (...term: string[]) => resolveRunConfig({ flags: { task: 'spam', terms: term } }).config;
const refusal = (settings: object): string => {
  try {
    completeRunConfig({ task: 'spam', ...settings });
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
};

describe('terms of the reward', () => {
  it('are the task’s own reward where none is named, and stand beside it where one is', () => {
    expect(completeRunConfig({ task: 'spam' })).toMatchObject({ terms: { task: 1 }, combine: 'sum' });
    expect(resolve('fluency=0.5').terms).toEqual({ task: 1, fluency: 0.5 });
    expect(resolve('task=2', 'fluency=0.5,length=.1').terms).toEqual({ task: 2, fluency: 0.5, length: 0.1 });
    expect(resolve('content=1', 'style=2').terms).toEqual({ content: 1, style: 2 });
  });

  it('come from the environment, a file and --set alike', () => {
    const env = { RLPROMPT_TERMS: 'fluency=0.5,repetition=1' };
    expect(resolveRunConfig({ flags: { task: 'spam' }, env }).config.terms).toEqual({
      task: 1,
      fluency: 0.5,
      repetition: 1,
    });
    expect(resolveRunConfig({ flags: { task: 'spam' }, set: ['terms={"length":2}'] }).config.terms).toEqual({
      task: 1,
      length: 2,
    });
  });

  it.each([
    [{ terms: { fluncy: 1 } }, /no term "fluncy", did you mean fluency\?; there are task, content/],
    [{ terms: { task: 0, fluency: 0 } }, /terms: the weights sum to zero/],
    [{ terms: { fluency: -1 } }, /terms: the weight of fluency is -1, expected 0 or more/],
    [{ terms: { fluency: Number.NaN } }, /terms.fluency: .*expected number/],
    [{ terms: { fluency: Number.POSITIVE_INFINITY } }, /terms.fluency: .*expected number/],
    [{ terms: { fluency: 1 }, racing: true }, /racing is for the task’s own reward/],
    [{ terms: { fluency: 1 }, combine: 'hypervolume' }, /hypervolume needs the terms content and style/],
    [{ terms: { content: 1, style: 2 }, combine: 'hypervolume' }, /content \(1\) and style \(2\) have one weight/],
    [{ terms: { fluency: 1 }, combine: 'mean' }, /combine: got "mean"/],
  ])('are refused where they mean nothing: %j', (settings, message) => {
    expect(refusal(settings)).toMatch(message);
  });

  it.each(['fluency', 'fluency=', 'fluency=much', '=1', 'fluency=1,fluency=2', ''])(
    'cannot be read from %j',
    (text) => {
      expect(() => resolve(text)).toThrow(expect.objectContaining({ code: 'E_CONFIG', exitCode: 78 }));
    },
  );
});
