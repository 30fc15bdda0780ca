import { beforeAll, describe, expect, it } from 'vitest';
import type { Ranking } from '../../src/preferences/ranking.js';
import { fitRewardModel, type RewardModel, rewardsOf } from '../../src/preferences/reward-model.js';
import { Rng } from '../../src/random/rng.js';
import { toStepRewards } from '../../src/rewards/shaping/reward-shaper.js';
import { mean } from '../../src/statistics/mean.js';
import { type PolicyRollout, PromptPolicy } from '../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../src/trainers/registry.js';
import { scriptedGenerator } from '../trainers/scripted-generator.js';
import { toySettings } from '../trainers/toy-search.js';

const SHARED = { promptLength: 4, priorBeta: 1, promptsPerStep: 64 };
const STEPS = 60;
const RANKINGS = 40;
const DRAWN = 400;
/** Of the trainer; the page on preferences has the numbers of 0, 1 and 2. */
const SEED = Number(process.env.RLPROMPT_TEST_SEED ?? 0);

const generator = { ...scriptedGenerator({ hiddenSize: 32 }), contextLength: 64, digest: 'scripted' };
const rng = Rng.create(5, 'search');
const worth = new Map(generator.words.map((word) => [word, 2 * rng.float() - 1]));

/** What people like: some words more than others, and no repeats. Texts of the LM repeat few words, so rankings say little of that. */
function liking(text: string): number {
  const words = text.split(' ');
  const repeats = words.length - new Set(words).size;
  return words.reduce((sum, word) => sum + (worth.get(word) ?? 0), 0) - 2 * repeats;
}

/** Four texts of the LM, ranked by somebody who is not always sure. */
function rank(texts: readonly string[]): Ranking {
  const items = [...new Set(texts)];
  const felt = items.map((text) => liking(text) - 0.5 * Math.log(1 / (1e-9 + rng.float()) - 1));
  const order = [...items.keys()].sort((a, b) => (felt[b] ?? 0) - (felt[a] ?? 0));
  return { context: '', items, order: order.map((place) => [place]), rater: 'somebody' };
}

interface Outcome {
  /** log π − log p_LM of a prompt, the mean over some drawn ones. */
  readonly kl: number;
  /** Mean reward by the reward model. */
  readonly model: number;
  /** How often a prompt is liked better than a text of the LM. */
  readonly preferred: number;
}

describe('a reward model that a policy is let loose on', () => {
  let lm: PromptPolicy;
  let model: RewardModel;
  let chosen: string[];
  let lmTexts: string[];

  beforeAll(async () => {
    lm = await PromptPolicy.create(generator, toySettings(SHARED), { maskedInLoss: true, frozen: true });
    const textsOf = async (count: number, seed: number) =>
      (await lm.sample(count, Rng.create(seed, 'sampling'))).map(({ text }) => text);
    const drawn = await textsOf(4 * RANKINGS, 1);
    const rankings = Array.from({ length: RANKINGS }, (_, i) => rank(drawn.slice(4 * i, 4 * i + 4)));
    chosen = rankings.flatMap(({ items, order }) => items[order[0]?.[0] ?? 0] ?? []);
    model = await fitRewardModel(rankings, { ...generator, name: 'scripted' });
    lmTexts = await textsOf(DRAWN, 9);
  });

  async function learn(klWeight: number, ptx?: readonly string[]): Promise<Outcome> {
    const own = { klIn: 'reward' as const, klWeight, ...(ptx ? { ptx: [...ptx] } : {}) };
    const settings = toySettings({ trainer: 'ppo', seed: SEED, ...SHARED, ...own, learningRate: 3e-3 });
    const trainer = await createTrainer('ppo', generator, settings);
    for (let step = 0; step < STEPS; step++) {
      const rollouts = await trainer.propose(SHARED.promptsPerStep);
      const texts = rollouts.map(({ text }) => text);
      await trainer.update(rollouts, toStepRewards(await rewardsOf(model, generator, texts), settings));
    }
    const rollouts = (await trainer.propose(DRAWN)) as PolicyRollout[];
    await trainer.dispose();
    const texts = rollouts.map(({ text }) => text);
    const divergences = [];
    for (const { trace, tokenIds } of rollouts) {
      const { logProbs } = await lm.head.lmLogProbs(trace.hidden, tokenIds);
      divergences.push(trace.samplingLogProbs.reduce((sum, logProb, t) => sum + logProb - (logProbs[t] ?? 0), 0));
    }
    return {
      kl: mean(divergences),
      model: mean(await rewardsOf(model, generator, texts)),
      preferred: mean(
        texts.map((text, i) => (1 + Math.sign(liking(text) - liking(lmTexts[i % lmTexts.length] ?? ''))) / 2),
      ),
    };
  }

  it('is believed too much far from the LM: its score rises, people like the texts less; chosen texts prevent that', async ({
    annotate,
  }) => {
    const [near, middle, far, kept] = [await learn(5), await learn(2), await learn(0.05), await learn(0.05, chosen)];
    await annotate(JSON.stringify({ near, middle, far, kept }));
    expect(near.kl).toBeLessThan(middle.kl);
    expect(middle.kl).toBeLessThan(far.kl);
    expect(near.model).toBeLessThan(middle.model);
    expect(middle.model).toBeLessThan(far.model);
    expect(middle.preferred).toBeGreaterThan(0.6);
    expect(far.preferred).toBeLessThan(0.3);
    expect(kept.preferred).toBeGreaterThan(0.6);
    await lm.dispose();
  });
});
