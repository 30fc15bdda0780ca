import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { TrainerState } from '../../../src/trainers/contract/types.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { referenceLogits } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const REWARDS = [0, 3, 1, 7, 2, 2, 9, 4];
const COUNT = REWARDS.length;
const generator = scriptedGenerator();

function settingsOf(given: Partial<RunConfigInput>) {
  const shaping: Partial<RunConfigInput> = { rewardFrom: [0, 1], rewardTo: [0, 1] };
  return toySettings({ trainer: 'sparse-q-learning', promptsPerStep: COUNT, seed: 4, ...shaping, ...given });
}

const create = (given: Partial<RunConfigInput> = {}) =>
  createTrainer('sparse-q-learning', generator, settingsOf(given));

/** A first update on the rewards above. */
async function learn(given: Partial<RunConfigInput> = {}) {
  const trainer = await create(given);
  const before = trainer.save();
  const rollouts = (await trainer.propose(COUNT)) as PolicyRollout[];
  const metrics = await trainer.update(rollouts, plainRewards(REWARDS));
  const after = trainer.save();
  await trainer.dispose();
  return { before, rollouts, metrics, after };
}

/** Q of each chosen token, [batch][time]. */
async function qValuesOf({ arrays }: TrainerState, rollouts: readonly PolicyRollout[], given: Partial<RunConfigInput>) {
  const { innerSize, logitBias = 0 } = settingsOf(given);
  const { hiddenSize, vocabularySize } = generator.hiddenStates;
  const { weights, bias } = await generator.hiddenStates.head();
  const policy = {
    hiddenSize,
    innerSize,
    vocabularySize,
    head: weights,
    bias: bias!.map((value) => value + logitBias),
  };
  const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((name) => arrays[`policy.${name}`]!);
  return rollouts.map(({ trace, tokenIds }) =>
    referenceLogits(policy, { w1: w1!, b1: b1!, w2: w2!, b2: b2! }, trace.hidden).map((row, t) => row[tokenIds[t]!]!),
  );
}

/** The rewards of the first step by its own mean and deviation: nothing came before it. */
function standardised(): number[] {
  const mean = REWARDS.reduce((sum, value) => sum + value / COUNT, 0);
  const deviation = Math.sqrt(REWARDS.reduce((sum, value) => sum + (value - mean) ** 2 / COUNT, 0));
  return REWARDS.map((value) => (value - mean) / deviation);
}

describe('sparse Q-learning', () => {
  it('regresses Q of each chosen token on its prompt’s standardised reward, discounted for each token after it', async () => {
    const given = { discount: 0.5, replayUpdates: 0 };
    const { before, rollouts, metrics } = await learn(given);
    const goals = standardised();
    const qValues = await qValuesOf(before, rollouts, given);
    const errors = qValues.map((row, i) => row.reduce((sum, q, t) => sum + (q - 0.5 ** (2 - t) * goals[i]!) ** 2, 0));
    expect(metrics.loss / errors.reduce((sum, error) => sum + error / COUNT, 0)).toBeCloseTo(1, 3);
    expect(metrics['policy/q-mean']).toBeCloseTo(qValues.flat().reduce((sum, q) => sum + q, 0) / (3 * COUNT), 3);
  });

  it('estimates the entropy of a token by what it has drawn', async () => {
    const { rollouts, metrics } = await learn();
    const logProbs = rollouts.flatMap(({ trace }) => [...trace.samplingLogProbs]);
    expect(metrics.entropy).toBeCloseTo(-logProbs.reduce((sum, value) => sum + value, 0) / (3 * COUNT), 6);
    expect(metrics.entropy).toBeGreaterThan(0);
  });

  it('draws by the sparsemax: never a token whose Q is one below the best', async () => {
    const trainer = await create({ promptLength: 1, learningRate: 0.01 });
    const good = generator.idOf('great');
    for (let step = 0; step < 40; step++) {
      const rollouts = await trainer.propose(COUNT);
      await trainer.update(rollouts, plainRewards(rollouts.map(({ tokenIds }) => Number(tokenIds[0] === good))));
      await trainer.learnFrom([good], 1);
    }
    const rollouts = (await trainer.propose(200)) as PolicyRollout[];
    const drawn = new Set(rollouts.map(({ text }) => text));
    expect(drawn.has('great')).toBe(true);
    expect(drawn.size).toBeLessThan(20);
    await trainer.dispose();
  });

  it('learns again from what was scored as often as asked', async () => {
    const steps = async (replayUpdates: number) => (await learn({ replayUpdates })).after.json.adamStep;
    expect(await Promise.all([0, 1, 3].map(steps))).toEqual([1, 2, 4]);
  });

  it('draws again what it has scored before, where asked to', async () => {
    const trainer = await create({ promptLength: 1, resampling: 100 });
    const texts: string[] = [];
    for (let step = 0; step < 3; step++) {
      const rollouts = await trainer.propose(COUNT);
      await trainer.update(rollouts, plainRewards(REWARDS));
      texts.push(...rollouts.map(({ text }) => text));
    }
    expect(new Set(texts).size).toBe(texts.length);
    await trainer.dispose();
  });

  it('keeps with a prompt the input that it was written for', async () => {
    const trainer = await create({ inputConditioned: true, inputsPerStep: 2, promptLength: 1, topK: 1 });
    const inputs = ['great', 'sad', 'great', 'sad'];
    const rollouts = await trainer.propose(4, { inputs });
    expect(rollouts.map(({ input }) => input)).toEqual(inputs);
    // Each reward stands at the mean of its input's, so a goal of zero is all there is: the loss is the mean of Q².
    const { loss } = await trainer.update(rollouts, plainRewards([1, 5, 1, 5]));
    const same = await create({ inputConditioned: true, inputsPerStep: 2, promptLength: 1, topK: 1 });
    const equal = await same.update(await same.propose(4, { inputs }), plainRewards([0, 0, 0, 0]));
    expect(loss).toBeCloseTo(equal.loss, 6);
    await Promise.all([trainer.dispose(), same.dispose()]);
  });
});
