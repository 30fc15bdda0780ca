import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../../src/errors.js';
import { checkReward, type Finding, findingOf } from '../../../src/rewards/custom/custom-check.js';
import { batchSeed } from '../../../src/rewards/custom/custom-evaluator.js';
import type { Task } from '../../../src/task/types.js';
import { byLength, ScriptedReward, task } from './scripted-reward.js';

const limits = { seed: 3, rewardTimeout: 60, promptsPerStep: 16 };

async function findingsOf(
  host: ScriptedReward,
  changes: Partial<Task> = {},
  more: Partial<typeof limits> = {},
): Promise<Map<string, Finding>> {
  const found = new Map<string, Finding>();
  const settings = { ...limits, ...more };
  for await (const finding of checkReward({ ...task, ...changes }, host, settings)) found.set(finding.name, finding);
  return found;
}

describe('the check of a custom reward', () => {
  it('has nothing to say against a good one', async () => {
    const { speed, ...others } = Object.fromEntries(await findingsOf(byLength()));
    expect(speed?.level).toBe('ok');
    expect(others).toEqual({
      answers: { level: 'ok', name: 'answers', found: '0, 7 for two prompts' },
      deterministic: { level: 'ok', name: 'deterministic', found: 'the same prompts got the same rewards twice' },
      independent: {
        level: 'ok',
        name: 'independent',
        found: 'a prompt’s reward does not depend on the prompts beside it',
      },
      'odd prompts': {
        level: 'ok',
        name: 'odd prompts',
        found: 'replacement characters (U+FFFD), markup, quotes and long prompts are handled',
      },
      'tells prompts apart': {
        level: 'ok',
        name: 'tells prompts apart',
        found: 'different prompts got different rewards',
      },
    });
  });

  it('finds one that differs from call to call, unless it says so', async () => {
    const random = () => new ScriptedReward((_p, _b, call) => ({ reward: call / 3 }));
    const found = 'rewards were 0.333333, 0.333333 and then 0.666667, 0.666667';
    expect((await findingsOf(random())).get('deterministic')).toEqual({
      level: 'error',
      name: 'deterministic',
      found,
      meaning: 'a run would refuse it: take random numbers from context.rng, or say stochastic: true in the task',
    });
    const stated = await findingsOf(random(), { stochastic: true });
    expect(stated.get('deterministic')).toEqual({
      level: 'ok',
      name: 'deterministic',
      found,
      meaning: 'stochastic: true says so; a resumed run will not repeat exactly',
    });
    expect(stated.get('independent')?.level).toBe('ok');
  });

  it('finds one that looks at the prompts beside it', async () => {
    const crowd = new ScriptedReward((_, { prompts }) => ({ reward: prompts.length }));
    expect((await findingsOf(crowd)).get('independent')).toEqual({
      level: 'warning',
      name: 'independent',
      found: 'a prompt got 2 beside another and 1 alone',
      meaning: 'a run scores a prompt once and remembers that; rewards should depend on prompt and examples only',
    });
  });

  it('finds one that tells no prompt from another', async () => {
    const flat = await findingsOf(new ScriptedReward(() => ({ reward: 1 })));
    expect(flat.get('tells prompts apart')).toEqual({
      level: 'warning',
      name: 'tells prompts apart',
      found: 'every prompt got the same reward on dev and test',
      meaning: 'with equal rewards there is nothing to learn from: look for a reward that grows step by step',
    });
    const onTest = new ScriptedReward((prompt, { split }) => ({ reward: split === 'test' ? -prompt.length : 1 }));
    expect((await findingsOf(onTest)).get('tells prompts apart')?.level).toBe('ok');
  });

  it('says how fast it is as people write numbers', async () => {
    expect((await findingsOf(byLength())).get('speed')?.found).toMatch(
      /^\d+ rows per second; .* about [\d.]+(e-\d+)? s$/,
    );
  });

  it('says how fast it is, and what a step of it takes', async () => {
    const slow = byLength();
    const score = slow.score.bind(slow);
    slow.score = async (...given) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return await score(...given);
    };
    const { found = '', level } = (await findingsOf(slow)).get('speed') ?? {};
    const [, perSecond, rows, seconds] =
      /^(\S+) rows per second; a step of (\d+) rows takes about (\S+) s$/.exec(found)?.map(Number) ?? [];
    // Two prompts on three examples in 50 ms, or more on a busy machine.
    expect(perSecond).toBeLessThanOrEqual(130);
    expect(perSecond).toBeGreaterThan(1);
    expect(rows).toBe(16 * 3);
    expect((seconds ?? 0) * (perSecond ?? 0)).toBeGreaterThan(42);
    expect((seconds ?? 0) * (perSecond ?? 0)).toBeLessThan(54);
    expect(level).toBe('ok');
    const short = (await findingsOf(slow, {}, { rewardTimeout: 0.01 })).get('speed');
    expect(short).toEqual({
      level: 'warning',
      name: 'speed',
      found: expect.stringContaining('rows per second; a step of 48 rows takes about'),
      meaning: 'a call is stopped after 0.01 s: use fewer examples, --prompts-per-step, or a longer --reward-timeout',
    });
  });

  it('asks for odd prompts and for every split', async () => {
    const host = byLength();
    await findingsOf(host, { manualPrompts: ['Say it:', 'Answer:'] });
    const [first, second, alone, odd, dev, test, ...more] = host.asked;
    const { train } = task.splits;
    expect(first).toEqual({ prompts: ['', 'Say it:'], examples: train, split: 'train' });
    expect(second).toEqual(first);
    expect(alone).toEqual({ ...first, prompts: ['Say it:'] });
    expect(odd).toMatchObject({ examples: train.slice(0, 1), split: 'train' });
    for (const part of ['\u{fffd}', '{{x}} <b> %s', '漢字']) expect(odd?.prompts.join()).toContain(part);
    expect(odd?.prompts.map(({ length }) => length)).toEqual([2, 16, 8, 399]);
    expect(dev).toEqual({ prompts: ['', 'Answer:', 'Say it:'], examples: train, split: 'dev' });
    expect(test).toEqual({ ...dev, split: 'test' });
    expect(more).toEqual([]);
    expect(host.seeds).toEqual(host.asked.map((batch) => batchSeed(3, batch)));
  });

  it('takes few rows of a large split', async () => {
    const host = byLength();
    const many = Array.from({ length: 9 }, (_, index) => ({ index, text: `row ${index}`, label: 0, fields: {} }));
    await findingsOf(host, { splits: { train: many, dev: many, test: many } });
    expect(host.asked.map(({ examples }) => examples.length)).toEqual([4, 4, 4, 1, 4, 4]);
  });
});

describe('a failure of a reward', () => {
  const error = { code: 'E_PLUGIN_THROW', exit: 'internal', message: 'the reward threw' } as const;

  it('is a finding with its place and what to do', () => {
    expect(findingOf(new RlpromptError({ ...error, where: 'task.mjs:2:1', next: 'correct it' }))).toEqual({
      level: 'error',
      name: 'E_PLUGIN_THROW',
      found: 'the reward threw · task.mjs:2:1',
      meaning: 'correct it',
    });
    expect(findingOf(new RlpromptError({ ...error, kept: 'all scores' }))).toEqual({
      level: 'error',
      name: 'E_PLUGIN_THROW',
      found: 'the reward threw',
    });
  });

  it('is none where the program itself fails', () => {
    const own = new TypeError('a fault of the program');
    expect(() => findingOf(own)).toThrow(own);
  });
});
