import { describe, expect, it } from 'vitest';
import { dryRun, sampleBatch } from '../../../src/rewards/custom/custom-dry-run.js';
import { batchSeed } from '../../../src/rewards/custom/custom-evaluator.js';
import { refusalOf } from '../../data/data-folder.js';
import { examplesOf } from '../scripted-scorer.js';
import { byLength, ScriptedReward, task } from './scripted-reward.js';

const SECOND = { code: 'E_PLUGIN_NONDETERMINISTIC', exit: 'internal', exitCode: 70, where: '/tasks/mine.ts' };

describe('the dry run', () => {
  it('tries no prompt and a manual one, or a word, on the first four examples', () => {
    const { train } = task.splits;
    expect(sampleBatch(task)).toEqual({ prompts: ['', 'Answer:'], examples: train, split: 'train' });
    const five = examplesOf(['a', 'b', 'c', 'd', 'e'], [0, 1, 0, 1, 0]);
    const manual = { ...task, manualPrompts: ['Say it:', 'other'], splits: { train: five, dev: train, test: train } };
    expect(sampleBatch(manual)).toEqual({ prompts: ['', 'Say it:'], examples: five.slice(0, 4), split: 'train' });
  });

  it('asks twice with one seed, that of the run', async () => {
    const host = byLength();
    await dryRun(task, host, 7);
    expect(host.asked).toEqual([sampleBatch(task), sampleBatch(task)]);
    expect(host.seeds).toEqual(Array(2).fill(batchSeed(7, sampleBatch(task))));
  });

  it('chooses accuracy as the metric where every prompt is given one', async () => {
    expect(await dryRun(task, byLength(), 0)).toEqual({ metric: 'reward', warnings: [] });
    const accurate = new ScriptedReward(() => ({ metrics: { accuracy: 0.5 } }));
    expect((await dryRun(task, accurate, 0)).metric).toBe('accuracy');
    const once = new ScriptedReward((prompt) => ({ metrics: prompt === '' ? { accuracy: 0.5 } : { speed: 1 } }));
    expect((await dryRun(task, once, 0)).metric).toBe('reward');
  });

  it('refuses a reward that answers the same question twice in two ways', async () => {
    const error = await refusalOf(() => dryRun(task, new ScriptedReward((_p, _b, call) => ({ reward: call })), 0));
    expect(error).toMatchObject({
      ...SECOND,
      message: 'the reward of "" was 1 and then 2 on the same examples',
      next: 'draw random numbers from context.rng, or say stochastic: true in the task',
    });
    const late = new ScriptedReward((prompt, _, call) => ({ metrics: { speed: prompt === '' ? 1 : call } }));
    expect(await refusalOf(() => dryRun(task, late, 0))).toMatchObject({
      ...SECOND,
      message: 'the reward of "Answer:" was 0 and then 0 on the same examples with other parts or metrics',
    });
  });

  it('takes back the promise of exact resumes, in words, where the task says that its reward is random', async () => {
    const random = new ScriptedReward((_p, _b, call) => ({ reward: call, metrics: { accuracy: 1 } }));
    const { metric, warnings } = await dryRun({ ...task, stochastic: true }, random, 0);
    expect(metric).toBe('accuracy');
    expect(warnings).toEqual([
      'the task says that its reward is random (stochastic: true), so scores of the same prompt may differ; ' +
        'a resumed run repeats this one only as far as the reward does',
    ]);
  });
});
