import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { spansOf } from '../../../src/losses/check-shapes.js';
import { PolicyHead } from '../../../src/policy/policy-head.js';
import { Rng } from '../../../src/random/rng.js';
import { liftFor } from '../../../src/trainers/policy/prompt-ends.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { stackRollouts } from '../../../src/trainers/policy/stack-rollouts.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { type ScriptedGenerator, scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const generator = scriptedGenerator({ fluentWords: ['dull', 'sad', 'old'], fluency: 3 });
const { idOf, words } = generator;
const rng = () => Rng.create(2, 'sampling');

interface Given extends Partial<RunConfigInput> {
  readonly frozen?: boolean;
  /** @default generator */
  readonly lm?: ScriptedGenerator;
}

async function create({ frozen = false, lm = generator, ...given }: Given = {}): Promise<PromptPolicy> {
  const settings = toySettings({ promptLength: '1..3', priorBeta: 1, topK: 1000, ...given });
  const policy = await PromptPolicy.create(lm, settings, { maskedInLoss: true, frozen });
  onTestFinished(() => void policy.dispose());
  return policy;
}

/** log π of whole prompts, the stop token included. */
async function logProbsOf(policy: PromptPolicy, rollouts: readonly PolicyRollout[]): Promise<number[]> {
  const { batch, time, hidden, actions, mayStop } = stackRollouts(rollouts, policy.ends);
  const { logProbs } = await policy.head.logProbs(hidden, actions, { mayStop });
  return spansOf(batch, time).map(({ start, end }) =>
    logProbs.slice(start, end).reduce((sum, logProb) => sum + logProb, 0),
  );
}

function shareOf(lengths: readonly number[], length: number): number {
  return lengths.filter((one) => one === length).length / lengths.length;
}

describe('prompts of several lengths', () => {
  it('have every length of the range, none more and none less', async () => {
    const rollouts = await (await create({ promptLength: '2..5' })).sample(400, rng());
    const lengths = rollouts.map(({ tokenIds }) => tokenIds.length);
    expect(new Set(lengths)).toEqual(new Set([2, 3, 4, 5]));
    for (const { tokenIds, trace, text } of rollouts) {
      const steps = tokenIds.length === 5 ? 5 : tokenIds.length + 1;
      expect(trace.samplingLogProbs).toHaveLength(steps);
      expect(trace.hidden).toHaveLength(steps * generator.hiddenStates.hiddenSize);
      expect(tokenIds).not.toContain(generator.tokenizer.eosTokenId);
      expect(text.split(' ')).toHaveLength(tokenIds.length);
    }
    expect(generator.liveStates()).toBe(0);
  });

  it('are those of one distribution: the probabilities of all of them sum to 1', async () => {
    const policy = await create({ promptLength: '1..2' });
    const all = words.map(idOf).flatMap((first) => [[first], ...words.map((second) => [first, idOf(second)])]);
    const rollouts = await Promise.all(all.map((tokenIds) => policy.follow(tokenIds)));
    const logProbs = await logProbsOf(policy, rollouts);
    expect(logProbs.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 4);
    const short = rollouts.reduce(
      (sum, { tokenIds }, i) => sum + (tokenIds.length === 1 ? Math.exp(logProbs[i]!) : 0),
      0,
    );
    const drawn = (await policy.sample(2000, rng())).map(({ tokenIds }) => tokenIds.length);
    expect(Math.abs(shareOf(drawn, 1) - short)).toBeLessThan(0.04);
  });

  it('are drawn with the probability that the policy gives them, where it draws from all tokens', async () => {
    const policy = await create();
    const rollouts = await policy.sample(20, rng());
    const drawn = rollouts.map(({ trace }) => trace.samplingLogProbs.reduce((sum, logProb) => sum + logProb, 0));
    for (const [i, logProb] of (await logProbsOf(policy, rollouts)).entries())
      expect(logProb).toBeCloseTo(drawn[i]!, 3);
  });

  it('end as often as leaves something to every length, whatever the LM makes of a short text', async () => {
    const lengths = async (given: Given) =>
      (await (await create(given)).sample(600, rng())).map(({ tokenIds }) => tokenIds.length);
    for (const frozen of [false, true]) {
      const drawn = await lengths({ promptLength: '3..10', frozen, lm: scriptedGenerator() });
      // 2 / (7 + 2) of those that could end at a step do so.
      expect(shareOf(drawn, 3)).toBeGreaterThan(0.12);
      expect(shareOf(drawn, 3)).toBeLessThan(0.34);
      expect(shareOf(drawn, 10)).toBeGreaterThan(0.08);
      expect(shareOf(drawn, 10)).toBeLessThan(0.35);
    }
  });

  it('are followed as they are drawn', async () => {
    const policy = await create({ promptLength: '2..4' });
    for (const rollout of await policy.sample(12, rng())) {
      const followed = await policy.follow(rollout.tokenIds);
      expect(followed.tokenIds).toEqual(rollout.tokenIds);
      expect(followed.trace.hidden).toEqual(rollout.trace.hidden);
    }
    expect((await policy.follow([idOf('sad')])).trace.samplingLogProbs).toHaveLength(1);
  });

  it('begin with what they must contain, and the range counts what follows', async () => {
    const policy = await create({ mustContain: 'great movie', promptLength: '1..3' });
    const rollouts = await policy.sample(60, rng());
    expect(new Set(rollouts.map(({ tokenIds }) => tokenIds.length))).toEqual(new Set([3, 4, 5]));
    for (const { text } of rollouts) expect(text).toMatch(/^great movie /);
  });

  it('hold no forbidden word, and one that has ended is not looked at again', async () => {
    const texts = (await (await create({ forbid: ['dull', 'sad'] })).sample(80, rng())).map(({ text }) => text);
    expect(texts.filter((text) => /dull|sad/.test(text))).toEqual([]);
    expect(new Set(texts.map((text) => text.split(' ').length))).toEqual(new Set([1, 2, 3]));
  });

  it('are drawn from the few tokens that the LM likes, where that is asked for', async () => {
    const rollouts = await (await create({ fluentTopK: 4 })).sample(60, rng());
    expect(new Set(rollouts.map(({ tokenIds }) => tokenIds.length))).toEqual(new Set([1, 2, 3]));
  });

  it('are of one length where both ends of the range are equal, without a stop token', async () => {
    const policy = await create({ promptLength: '3..3' });
    expect(policy.ends).toBeUndefined();
    const one = await create({ promptLength: 3 });
    expect(await policy.sample(5, rng())).toEqual(await one.sample(5, rng()));
  });

  it('need a generator that has a token for the end of a text', async () => {
    const tokenizer = { ...generator.tokenizer, eosTokenId: undefined };
    const settings = toySettings({ promptLength: '1..3', priorBeta: 1 });
    const refused = PromptPolicy.create({ ...generator, tokenizer }, settings, { maskedInLoss: true });
    await expect(refused).rejects.toMatchObject({
      code: 'E_STOP_TOKEN',
      exit: 'config',
      message: 'scripted has no token that ends a text, so its prompts cannot have several lengths',
      where: '--prompt-length',
    });
  });
});

describe('how much the end of a text is lifted', () => {
  const states = Float32Array.from({ length: 5 * 3 }, (_, i) => Math.sin(3 * i));
  const stopAt = async (lift: number) => {
    const options = { hiddenSize: 3, innerSize: 1, vocabularySize: 4, priorWeight: 1 };
    const head = await PolicyHead.create({
      ...options,
      // The LM ends a text in about half of the cases.
      headWeights: Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)),
      headBias: [1, 0, 0, 0],
      tokenBias: Float32Array.of(-1e9, 0, 0, 0),
      stop: { tokenId: 0, lift },
    });
    onTestFinished(() => head.dispose());
    return head;
  };
  const meanEnd = async (head: PolicyHead) => {
    const { logProbs } = await head.lmLogProbs(states, Array(5).fill(0), { mayStop: Array(5).fill(true) });
    return logProbs.reduce((sum, logProb) => sum + Math.exp(logProb) / 5, 0);
  };

  it.each([0.02, 0.3, 0.9])('is such that %d of texts end at a step, on the mean', async (share) => {
    const plain = await stopAt(0);
    expect(await meanEnd(plain)).toBeGreaterThan(0.3);
    const lift = await liftFor(plain, states, 0, share);
    expect(await meanEnd(await stopAt(lift))).toBeCloseTo(share, 5);
  });
});

describe('the trainer log-variance with prompts of several lengths', () => {
  it('takes in a prompt of any of them, and no other', async () => {
    const settings = toySettings({ trainer: 'log-variance', promptLength: '2..3', priorBeta: 1 });
    const trainer = await createTrainer('log-variance', generator, settings);
    onTestFinished(() => trainer.dispose());
    const taken = [];
    for (let length = 1; length <= 4; length++) {
      taken.push(await trainer.learnFrom(words.slice(0, length).map(idOf), 1));
    }
    expect(taken).toEqual([false, true, true, false]);
    expect(trainer.save().json.replay).toMatchObject({ tokenIds: [{ length: 2 }, { length: 3 }] });
    // Both have three steps: two words and the stop token, or three words.
    expect(trainer.save().arrays['replay.prior']).toHaveLength(6);
  });
});
