import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { Rollout, Trainer } from '../../../src/trainers/contract/types.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { lmLogits, logSumExp } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, plainRewards, toySettings, toyStep } from '../toy-search.js';

const COUNT = 8;

function setting(given: Partial<RunConfigInput> = {}) {
  return toySettings({ trainer: 'log-variance', promptsPerStep: COUNT, seed: 5, ...given });
}

function create(given: Partial<RunConfigInput> = {}, generator = scriptedGenerator()): Promise<Trainer> {
  return createTrainer('log-variance', generator, setting(given));
}

function policyOf(trainer: Trainer): number[] {
  const { arrays } = trainer.save();
  return Object.entries(arrays).flatMap(([name, array]) => (name.startsWith('policy') ? [...array] : []));
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function total(values: Iterable<number>): number {
  return [...values].reduce((sum, value) => sum + value, 0);
}

/** log p of a prompt by the frozen language model, over the forty words that a prompt may hold. */
async function lmLogProb({ tokenIds, trace }: PolicyRollout, generator = scriptedGenerator()): Promise<number> {
  const { hiddenSize, vocabularySize } = generator.hiddenStates;
  const { weights, bias } = await generator.hiddenStates.head();
  const logits = lmLogits({ hiddenSize, vocabularySize, innerSize: 1, head: weights, bias: bias! }, trace.hidden);
  const allowed = generator.words.map(generator.idOf);
  return total(tokenIds.map((id, t) => logits[t]![id]! - logSumExp(allowed.map((word) => logits[t]![word]!))));
}

const SHAPED = [0, 3, 1, 7, 2, 2, 9, 4];

describe('the loss of a step', () => {
  it('is the variance of log π − r over its prompts, where the prior is uniform', async () => {
    const trainer = await create();
    const rollouts = (await trainer.propose(COUNT)) as PolicyRollout[];
    const metrics = await trainer.update(rollouts, plainRewards(SHAPED));
    const deviations = rollouts.map(({ trace }, i) => total(trace.samplingLogProbs) - SHAPED[i]!);
    expect(metrics.loss).toBeCloseTo(variance(deviations), 3);
    await trainer.dispose();
  });

  it('takes the language model by its weight as the prior', async () => {
    const priorBeta = 0.5;
    const trainer = await create({ priorBeta, resampling: 0 });
    const rollouts = (await trainer.propose(COUNT)) as PolicyRollout[];
    const metrics = await trainer.update(rollouts, plainRewards(SHAPED));
    const priors = await Promise.all(rollouts.map((rollout) => lmLogProb(rollout)));
    const deviations = rollouts.map(
      ({ trace }, i) => total(trace.samplingLogProbs) - priorBeta * priors[i]! - SHAPED[i]!,
    );
    expect(metrics.loss).toBeCloseTo(variance(deviations), 3);
    await trainer.dispose();
  });

  it('compares prompts of an input with each other only', async () => {
    const conditioned = { inputConditioned: true, inputsPerStep: 2, resampling: 0 };
    const inputs = [
      'great movie',
      'great movie',
      'sad plot',
      'sad plot',
      'great movie',
      'sad plot',
      'sad plot',
      'sad plot',
    ];
    const lossOf = async (shiftOfSad: number) => {
      const trainer = await create(conditioned);
      const rollouts = await trainer.propose(COUNT, { inputs });
      const shaped = SHAPED.map((value, i) => value + (inputs[i] === 'sad plot' ? shiftOfSad : 0));
      const { loss } = await trainer.update(rollouts, plainRewards(shaped));
      await trainer.dispose();
      return loss;
    };
    expect(await lossOf(20)).toBeCloseTo(await lossOf(0), 3);
  });

  it('compares all prompts where no input is read', async () => {
    const lossOf = async (shift: number) => {
      const trainer = await create();
      const shaped = SHAPED.map((value, i) => value + (i < 4 ? shift : 0));
      const { loss } = await trainer.update(await trainer.propose(COUNT), plainRewards(shaped));
      await trainer.dispose();
      return loss;
    };
    expect(await lossOf(20)).toBeGreaterThan((await lossOf(0)) + 50);
  });

  it('comes with the mean entropy of a token, over those that a prompt may hold', async () => {
    const trainer = await create();
    const { entropy } = await trainer.update(await trainer.propose(COUNT), plainRewards(SHAPED));
    // An untrained policy likes all forty words about equally.
    expect(entropy).toBeCloseTo(Math.log(40), 2);
    await trainer.dispose();
  });
});

describe('the share of different prompts', () => {
  const few = { promptLength: 1, topK: 6 };
  const shareOf = async (given: Partial<RunConfigInput>) => {
    const trainer = await create({ ...few, ...given });
    const rollouts = await trainer.propose(COUNT);
    const metrics = await trainer.update(rollouts, plainRewards(SHAPED));
    await trainer.dispose();
    return { share: metrics['policy/distinct'], different: new Set(rollouts.map(({ text }) => text)).size };
  };

  it('is that of what was drawn first, whatever is drawn again', async () => {
    const once = await shareOf({ resampling: 0 });
    expect(once.different).toBeLessThan(COUNT);
    expect(once.share).toBe(once.different / COUNT);
    const again = await shareOf({ resampling: 50 });
    expect(again.different).toBeGreaterThan(once.different);
    expect(again.share).toBe(once.share);
  });

  it('counts a prompt once per input', async () => {
    const inputs = ['great', 'sad', 'great', 'sad'];
    const trainer = await create({ promptLength: 1, topK: 1, inputConditioned: true, inputsPerStep: 2, resampling: 0 });
    const rollouts = await trainer.propose(4, { inputs });
    const metrics = await trainer.update(rollouts, plainRewards([0, 1, 2, 3]));
    expect(metrics['policy/distinct']).toBe(2 / 4);
    await trainer.dispose();
  });

  it('is not told of prompts that were not drawn', async () => {
    const [drawn, learner] = [await create(), await create()];
    const rollouts = await drawn.propose(COUNT);
    expect(await learner.update(rollouts, plainRewards(SHAPED))).not.toHaveProperty('policy/distinct');
    await Promise.all([drawn.dispose(), learner.dispose()]);
  });
});

describe('what was scored before', () => {
  it('is drawn again only where nothing new comes', async () => {
    const trainer = await create({ promptLength: 1, resampling: 100 });
    const texts = async (): Promise<string[]> => {
      const rollouts = await trainer.propose(COUNT);
      await trainer.update(rollouts, plainRewards(SHAPED));
      return rollouts.map(({ text }) => text);
    };
    const all = [...(await texts()), ...(await texts()), ...(await texts())];
    expect(new Set(all).size).toBe(all.length);
    await trainer.dispose();
  });

  it('is learned from as often as asked', async () => {
    const learned = async (replayUpdates: number): Promise<number[]> => {
      const trainer = await create({ replayUpdates });
      await toyStep(trainer, findTheWords([5, 6, 7]), setting({ replayUpdates }));
      const policy = policyOf(trainer);
      await trainer.dispose();
      return policy;
    };
    const [none, one, two] = [await learned(0), await learned(1), await learned(2)];
    expect(none.length).toBeGreaterThan(0);
    expect(one).not.toEqual(none);
    expect(two).not.toEqual(one);
  });

  it('teaches a restarted policy once there are as many prompts as a step has, each with its reward', async () => {
    const taught = async (prompts: number): Promise<Trainer> => {
      const trainer = await create();
      for (let i = 0; i < prompts; i++) await trainer.learnFrom([1 + i, 2, 3], 10 * i);
      await trainer.restart!();
      return trainer;
    };
    const [untaught, short, enough] = [await taught(0), await taught(COUNT - 1), await taught(COUNT)];
    expect(policyOf(short)).toEqual(policyOf(untaught));
    expect(policyOf(enough)).not.toEqual(policyOf(untaught));
    await Promise.all([untaught, short, enough].map((trainer) => trainer.dispose()));
  });
});

describe('a prompt from elsewhere', () => {
  const prompt = [1, 2, 3];

  it('is learned from where it is one that the policy could write', async () => {
    const trainer = await create();
    expect(await trainer.learnFrom(prompt, 1)).toBe(true);
    await trainer.dispose();
  });

  it.each([
    ['is longer than prompts are', {}, [...prompt, 4]],
    ['would never be replayed', { replayUpdates: 0 }, prompt],
    ['holds a token that none of its own may hold', {}, [0, 2, 3]],
    ['need not begin with what all must begin with', { mustContain: 'great' }, prompt],
  ] as const)('is not learned from where it %s', async (_, given, tokenIds) => {
    const trainer = await create(given);
    expect(await trainer.learnFrom(tokenIds, 1)).toBe(false);
    await trainer.dispose();
  });

  it('counts as known: it is not proposed again while there are others', async () => {
    const trainer = await create({ promptLength: 1, resampling: 100 });
    const { words, idOf } = scriptedGenerator();
    for (const word of words.slice(0, 30)) await trainer.learnFrom([idOf(word)], 1);
    const texts = (await trainer.propose(COUNT)).map(({ text }: Rollout) => text);
    expect(words.slice(30)).toEqual(expect.arrayContaining(texts));
    await trainer.dispose();
  });
});
