import { describe, expect, it } from 'vitest';
import { completeRunConfig, resolveRunConfig } from '../../../src/config/resolve-run-config.js';

const resolve = (...objective: string[]) => resolveRunConfig({ flags: { task: 'spam', objectives: objective } }).config;
const refusal = (settings: object): string => {
  try {
    completeRunConfig({ task: 'spam', ...settings });
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
};

describe('objectives of the reward', () => {
  it('are the task’s own reward where none is named, and stand beside it where one is', () => {
    expect(completeRunConfig({ task: 'spam' })).toMatchObject({ objectives: { task: 1 }, combine: 'sum' });
    expect(resolve('fluency=0.5').objectives).toEqual({ task: 1, fluency: 0.5 });
    expect(resolve('task=2', 'fluency=0.5,length=.1').objectives).toEqual({ task: 2, fluency: 0.5, length: 0.1 });
    expect(resolve('content=1', 'style=2').objectives).toEqual({ content: 1, style: 2 });
  });

  it('come from the environment, a file and --set alike', () => {
    const env = { RLPROMPT_OBJECTIVES: 'fluency=0.5,repetition=1' };
    expect(resolveRunConfig({ flags: { task: 'spam' }, env }).config.objectives).toEqual({
      task: 1,
      fluency: 0.5,
      repetition: 1,
    });
    expect(resolveRunConfig({ flags: { task: 'spam' }, set: ['objectives={"length":2}'] }).config.objectives).toEqual({
      task: 1,
      length: 2,
    });
  });

  it.each([
    [{ objectives: { fluncy: 1 } }, /no objective "fluncy", did you mean fluency\?; there are task, content/],
    [{ objectives: { task: 0, fluency: 0 } }, /objectives: the weights sum to zero/],
    [{ objectives: { fluency: -1 } }, /objectives: the weight of fluency is -1, expected 0 or more/],
    [{ objectives: { fluency: Number.NaN } }, /objectives.fluency: .*expected a number/],
    [{ objectives: { fluency: Number.POSITIVE_INFINITY } }, /objectives.fluency: .*expected a number/],
    [{ objectives: { fluency: 1 }, racing: true }, /racing is for the task’s own reward/],
    [{ objectives: { fluency: 1 }, combine: 'hypervolume' }, /hypervolume needs the objectives content and style/],
    [{ objectives: { content: 1, style: 2 }, combine: 'hypervolume' }, /content \(1\) and style \(2\) have one weight/],
    [{ objectives: { fluency: 1 }, combine: 'mean' }, /combine: got "mean"/],
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
