import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../../src/errors.js';
import { PhrasePpo } from '../../../src/trainers/algorithms/ppo/phrase-ppo.js';
import { logSoftmax, standardisedScores, wordNormalisedScores } from '../../../src/trainers/policy/phrase-scores.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { testTrainer } from '../../contracts/trainer.js';
import { lmLogits, logSumExp } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { findTheWords, plainRewards, toySettings, toyStep } from '../toy-search.js';

const { words } = scriptedGenerator();
/** Every pair of neighbours, and every word alone. */
const actions = words.flatMap((word, i) => [word, `${word} ${words[(i + 1) % words.length]}`]);
const settingsOf = (seed: number) => toySettings({ trainer: 'ppo', actions, seed, promptsPerStep: 8 });

testTrainer('ppo', {
  create: PhrasePpo.create,
  settings: settingsOf,
  kind: 'policy',
  anyLength: 'phrases have the length they have',
  learningRate: 0.001,
});

describe('ppo over a list of phrases', () => {
  it('starts from the log-probability of the language model, a word', async () => {
    const generator = scriptedGenerator();
    const { hiddenStates, idOf } = generator;
    const lm = await PromptPolicy.create(generator, settingsOf(0), { maskedInLoss: false, frozen: true });
    const phrases = ['movie', 'great movie'].map((text) => ({ text, tokenIds: text.split(' ').map(idOf) }));
    const scores = await wordNormalisedScores(lm, phrases);
    const { weights, bias } = await hiddenStates.head();
    const { hiddenSize, vocabularySize } = hiddenStates;
    const reference = { hiddenSize, vocabularySize, innerSize: 1, head: weights, bias: bias! };
    const logProbOf = async (before: number[], token: number) => {
      const { hidden, state } = await hiddenStates.begin([[0, ...before]]);
      state.dispose();
      const [logits] = lmLogits(reference, hidden);
      return logits![token]! - logSumExp(logits!);
    };
    const [great, movie] = [idOf('great'), idOf('movie')];
    expect(scores[0]).toBeCloseTo(await logProbOf([], movie), 4);
    expect(scores[1]).toBeCloseTo(((await logProbOf([], great)) + (await logProbOf([great], movie))) / 2, 4);
    await lm.dispose();
  });

  it('tries every phrase before it tries one again', async () => {
    const trainer = await PhrasePpo.create(scriptedGenerator({ fluentWords: ['dull'], fluency: 8 }), settingsOf(0));
    const tried = [];
    for (let step = 0; step < actions.length / 8; step++) {
      const { rollouts } = await toyStep(trainer, () => 0, settingsOf(0));
      tried.push(...rollouts.map(({ text }) => text));
    }
    expect(tried.sort()).toEqual([...actions].sort());
  });

  it('comes to prefer the phrase with the highest reward, against the language model', async () => {
    const generator = scriptedGenerator({ fluentWords: ['dull'] });
    const settings = { ...settingsOf(0), actions: ['dull', 'great', 'sad movie', 'bright', 'old'] };
    const trainer = await PhrasePpo.create(generator, settings);
    expect((await trainer.best()).text).toBe('dull');
    const winner = [generator.idOf('sad'), generator.idOf('movie')];
    for (let step = 0; step < 40; step++) await toyStep(trainer, findTheWords(winner), settings);
    expect((await trainer.best()).text).toBe('sad movie');
  });

  it('names a phrase of which the tokenizer makes nothing', async () => {
    const settings = toySettings({ trainer: 'ppo', actions: ['great', 'zzz'] });
    await expect(PhrasePpo.create(scriptedGenerator(), settings)).rejects.toMatchObject({
      code: 'E_ACTIONS_EMPTY',
      exitCode: EXIT_CODES.config,
      message: expect.stringContaining('of scripted makes no token of the phrase "zzz"'),
      where: '--actions',
    });
  });

  it('learns from no prompt of another list', async () => {
    const trainer = await PhrasePpo.create(scriptedGenerator(), settingsOf(0));
    expect(await trainer.learnFrom()).toBe(false);
  });
});

describe('an update of ppo over phrases', () => {
  const list = ['dull', 'great', 'sad movie', 'bright', 'old'];
  const settings = {
    ...settingsOf(0),
    ...{ actions: list, innerEpochs: 1, klWeight: 0.4, temperature: 1.7, learningRate: 1e-3, clipNorm: 1000 },
  };
  const generator = scriptedGenerator({ fluentWords: ['dull'] });
  /** Chosen phrases, and their shaped rewards. */
  const chosen = [0, 1, 1, 2, 4, 3];
  const shaped = [1, 5, 4, 0, 2, -3];

  const learn = (trainer: PhrasePpo, rewards: readonly number[] = shaped) =>
    trainer.update(
      chosen.map((index) => ({ tokenIds: [], text: list[index]!, trace: index })),
      plainRewards(rewards),
    );
  const learnedBy = (trainer: PhrasePpo): Float32Array => trainer.save().arrays['policy.w1']!;

  /** log π for some θ. */
  async function policyOf(learned: ArrayLike<number>): Promise<Float64Array> {
    const lm = await PromptPolicy.create(generator, settings, { maskedInLoss: false, frozen: true });
    const phrases = list.map((text) => ({ text, tokenIds: generator.tokenizer.encode(` ${text}`) }));
    const scores = standardisedScores(await wordNormalisedScores(lm, phrases));
    await lm.dispose();
    return logSoftmax(scores.map((score, i) => (score + learned[i]!) / settings.temperature));
  }

  /** The loss at θ, where `old` sampled: plain sums over the definition, without clipping. */
  async function lossAt(learned: ArrayLike<number>, old: Float64Array): Promise<number> {
    const [now, prior] = [await policyOf(learned), await policyOf(new Float32Array(list.length))];
    const mean = shaped.reduce((sum, value) => sum + value, 0) / shaped.length;
    const deviation = Math.sqrt(shaped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shaped.length);
    const gains = chosen.map((a, i) => (Math.exp(now[a]! - old[a]!) * (shaped[i]! - mean)) / deviation);
    const kl = now.reduce((sum, logProb, i) => sum + Math.exp(logProb) * (logProb - prior[i]!), 0);
    return settings.klWeight * kl - gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  }

  /** d loss / d θ by central differences. */
  function slopesAt(learned: Float64Array, old: Float64Array): Promise<number[]> {
    const moved = (j: number, by: number) =>
      lossAt(
        learned.map((value, i) => (i === j ? value + by : value)),
        old,
      );
    return Promise.all(list.map(async (_, j) => ((await moved(j, 1e-4)) - (await moved(j, -1e-4))) / 2e-4));
  }

  it('follows the gradient of the clipped loss and the divergence, as finite differences have it', async () => {
    const trainer = await PhrasePpo.create(generator, settings);
    for (let step = 0; step < 3; step++) await learn(trainer);
    const learned = Float64Array.from(learnedBy(trainer));
    const old = await policyOf(learned);
    const slopes = await slopesAt(learned, old);
    const metrics = await learn(trainer);
    expect(metrics.loss).toBeCloseTo(await lossAt(learned, old), 4);
    expect(metrics.gradNorm).toBeCloseTo(Math.hypot(...slopes), 4);
    expect(metrics.entropy).toBeCloseTo(-old.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0), 4);
    const signs = (values: Iterable<number>) => Array.from(values, Math.sign);
    expect(metrics['policy/lm-kl']).toBeGreaterThan(0);
    const first = await PhrasePpo.create(generator, settings);
    await learn(first);
    const atZero = await policyOf(new Float32Array(list.length));
    const firstSlopes = await slopesAt(new Float64Array(list.length), atZero);
    expect(signs(learnedBy(first))).toEqual(signs(firstSlopes.map((slope) => -slope)));
  });

  it('weighs the second pass by how far the policy has moved since the choices were drawn', async () => {
    const wide = { ...settings, ppoClip: 1 };
    const [once, twice] = await Promise.all(
      [1, 2].map((innerEpochs) => PhrasePpo.create(generator, { ...wide, innerEpochs })),
    );
    await learn(once!);
    const moved = Float64Array.from(learnedBy(once!));
    const old = await policyOf(new Float32Array(list.length));
    const slopes = await slopesAt(moved, old);
    const metrics = await learn(twice!);
    expect(metrics.loss).toBeCloseTo(await lossAt(moved, old), 4);
    expect(metrics.gradNorm).toBeCloseTo(Math.hypot(...slopes), 4);
  });

  it('moves a free score by 500 times the learning rate at first', async () => {
    const trainer = await PhrasePpo.create(generator, settings);
    await learn(trainer);
    for (const value of learnedBy(trainer)) expect(Math.abs(value)).toBeCloseTo(500 * settings.learningRate, 3);
  });

  it('says a divergence of zero before it has learned, and learns nothing from equal rewards', async () => {
    const trainer = await PhrasePpo.create(generator, settings);
    const metrics = await learn(trainer, new Array(shaped.length).fill(3));
    expect(metrics['policy/lm-kl']).toBeCloseTo(0, 9);
    expect(metrics.gradNorm).toBeCloseTo(0, 9);
  });

  it.each([1, 4])('passes %i times over the choices of a step', async (innerEpochs) => {
    const trainer = await PhrasePpo.create(generator, { ...settings, innerEpochs });
    await learn(trainer);
    expect(trainer.save().json.adamStep).toBe(innerEpochs);
  });

  it('draws from the policy once every phrase was tried', async () => {
    const trainer = await PhrasePpo.create(generator, settings);
    await learn(trainer);
    const shares = (await policyOf(learnedBy(trainer))).map(Math.exp);
    const drawn = await trainer.propose(2000);
    list.forEach((text, i) => {
      const share = drawn.filter((rollout) => rollout.text === text).length / drawn.length;
      expect(Math.abs(share - shares[i]!)).toBeLessThan(0.05);
    });
  });
});
