import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { TrainerState, UpdateMetrics } from '../../../src/trainers/contract/types.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { entropy, lmLogits, logSumExp, referenceLogits } from '../../policy/reference-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const SHAPED = [0, 3, 1, 7, 2, 2, 9, 4];
const generator = scriptedGenerator({ fluentWords: ['dull'] });

function settingsOf(given: Partial<RunConfigInput>) {
  return toySettings({ trainer: 'soft-q-learning', promptsPerStep: SHAPED.length, seed: 4, ...given });
}

/** The first updates of a trainer on the same prompts, with its state before each and after the last. */
async function learn(given: Partial<RunConfigInput>, updates = 1) {
  const trainer = await createTrainer('soft-q-learning', generator, settingsOf(given));
  const rollouts = (await trainer.propose(SHAPED.length)) as PolicyRollout[];
  const states = [trainer.save()];
  const metrics: UpdateMetrics[] = [];
  for (let i = 0; i < updates; i++) {
    metrics.push(await trainer.update(rollouts, plainRewards(SHAPED)));
    states.push(trainer.save());
  }
  await trainer.dispose();
  return { rollouts, states, metrics };
}

interface Tables {
  /** log π(a_t|s_t), [batch][time]. */
  readonly logProbs: number[][];
  /** logsumexp of the logits at s_t, [batch][time]. */
  readonly values: number[][];
  readonly entropies: number[];
}

function tablesOf(logits: (rollout: PolicyRollout) => number[][], rollouts: readonly PolicyRollout[]): Tables {
  const all = rollouts.map((rollout) => ({ ...rollout, logits: logits(rollout) }));
  return {
    logProbs: all.map(({ logits: rows, tokenIds }) => rows.map((row, t) => row[tokenIds[t]!]! - logSumExp(row))),
    values: all.map(({ logits: rows }) => rows.map(logSumExp)),
    entropies: all.flatMap(({ logits: rows }) => rows.map(entropy)),
  };
}

/** Of the policy and of the frozen LM: over all tokens, or over those that a prompt may hold where there is a prior. */
async function referencesOf(
  { arrays }: TrainerState,
  rollouts: readonly PolicyRollout[],
  given: Partial<RunConfigInput>,
) {
  const { innerSize, logitBias = 0, priorBeta } = settingsOf(given);
  const { hiddenSize, vocabularySize } = generator.hiddenStates;
  const { weights, bias } = await generator.hiddenStates.head();
  const allowed = generator.words.map(generator.idOf);
  const mask = Array.from(bias!, (_, id) => (priorBeta > 0 && !allowed.includes(id) ? -1e9 : 0));
  const biasOf = (factor: number, more: number) => mask.map((value, id) => value + factor * bias![id]! + more);
  const lm = { hiddenSize, innerSize, vocabularySize, head: weights, bias: biasOf(1, 0) };
  const policy = { ...lm, bias: biasOf(1 + priorBeta, logitBias), priorWeight: priorBeta };
  const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((name) => arrays[`policy.${name}`]!);
  const parameters = { w1: w1!, b1: b1!, w2: w2!, b2: b2! };
  return {
    own: tablesOf(({ trace }) => referenceLogits(policy, parameters, trace.hidden), rollouts),
    lm: tablesOf(({ trace }) => lmLogits(lm, trace.hidden), rollouts),
  };
}

/** A less β times B. */
function less(a: number[][], b: number[][], beta: number): number[][] {
  return a.map((row, i) => row.map((value, t) => value - beta * b[i]![t]!));
}

/** Of residuals [batch][time]: the sum over time of the mean square over the batch, from the batch's mean where asked. */
function squares(residuals: number[][], isCentred: boolean): number {
  const means = residuals[0]!.map((_, t) => residuals.reduce((sum, row) => sum + row[t]! / residuals.length, 0));
  const all = residuals.flatMap((row) => row.map((value, t) => (value - (isCentred ? means[t]! : 0)) ** 2));
  return all.reduce((sum, value) => sum + value / residuals.length, 0);
}

function residualsOf(kind: 'single-step' | 'multi-step', logProbs: number[][], values: number[][]): number[][] {
  return logProbs.map((row, i) =>
    row.map((advantage, t) => {
      if (kind === 'single-step') return advantage - ((values[i]![t + 1] ?? SHAPED[i]!) - values[i]![t]!);
      return row.slice(t).reduce((sum, value) => sum + value, 0) - (SHAPED[i]! - values[i]![t]!);
    }),
  );
}

describe('the loss of soft Q-learning', () => {
  it.each([
    ['single-step', 0, 'target'],
    ['multi-step', 0, 'target'],
    ['both', 0, 'target'],
    ['both', 0.5, 'target'],
    ['both', 0.5, 'batch'],
  ] as const)(
    'is that of path consistency: %s, with the LM as prior by %d, the level from the %s',
    async (loss, priorBeta, valueLevel) => {
      const given = { loss, priorBeta, valueLevel };
      const { rollouts, states, metrics } = await learn(given);
      const { own, lm } = await referencesOf(states[0]!, rollouts, given);
      const [advantages, values] = [less(own.logProbs, lm.logProbs, priorBeta), less(own.values, lm.values, priorBeta)];
      const kinds = loss === 'both' ? (['single-step', 'multi-step'] as const) : [loss];
      const losses = kinds.map((kind) => squares(residualsOf(kind, advantages, values), valueLevel === 'batch'));
      const expected = losses.reduce((sum, value) => sum + value / losses.length, 0);
      expect(metrics[0]!.loss / expected).toBeCloseTo(1, 4);
    },
  );

  it('is both of them where nothing is said', async () => {
    const [unsaid, both] = [await learn({}), await learn({ loss: 'both' })];
    expect(unsaid.metrics).toEqual(both.metrics);
  });

  it('comes with the mean entropy and the mean value of a token', async () => {
    const { rollouts, states, metrics } = await learn({});
    const { own } = await referencesOf(states[0]!, rollouts, {});
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
    expect(metrics[0]!.entropy).toBeCloseTo(mean(own.entropies), 4);
    expect(metrics[0]!['policy/value-mean']).toBeCloseTo(mean(own.values.flat()), 3);
  });

  it('falls from update to update on the same prompts', async () => {
    const { metrics } = await learn({ learningRate: 1e-3 }, 4);
    const losses = metrics.map(({ loss }) => loss);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(new Set(losses).size).toBe(4);
  });
});

describe('the target network of soft Q-learning', () => {
  it('begins as the policy, and takes its share of the policy before each update', async () => {
    const polyak = 0.25;
    const { states } = await learn({ polyak }, 2);
    const [start, first, second] = states.map(({ arrays }) => arrays);
    expect(start!['targetNetwork.w1']).toEqual(start!['policy.w1']);
    expect(first!['targetNetwork.w1']).toEqual(start!['policy.w1']);
    expect(first!['policy.w1']).not.toEqual(start!['policy.w1']);
    second!['targetNetwork.w1']!.forEach((value, i) => {
      const expected = (1 - polyak) * first!['targetNetwork.w1']![i]! + polyak * first!['policy.w1']![i]!;
      expect(value).toBeCloseTo(expected, 6);
    });
  });

  it('says what a prompt was worth, where the policy has moved on', async () => {
    const polyak = 1e-9;
    const { rollouts, states, metrics } = await learn({ polyak, loss: 'multi-step', learningRate: 0.01 }, 2);
    const [before, after] = [
      await referencesOf(states[0]!, rollouts, {}),
      await referencesOf(states[1]!, rollouts, {}),
    ];
    const expected = squares(residualsOf('multi-step', after.own.logProbs, before.own.values), false);
    expect(metrics[1]!.loss / expected).toBeCloseTo(1, 4);
  });
});

describe('prompts that soft Q-learning proposed before', () => {
  const flat = { promptLength: 1, priorBeta: 1, topK: 6 };

  it('are drawn as often as they come, unless they are to be drawn again', async () => {
    const drawn = async (resampling: number) => {
      const trainer = await createTrainer('soft-q-learning', generator, settingsOf({ ...flat, resampling }));
      const texts = [...(await trainer.propose(3)), ...(await trainer.propose(3))].map(({ text }) => text);
      await trainer.dispose();
      return new Set(texts).size;
    };
    expect(await drawn(0)).toBeLessThan(6);
    expect(await drawn(100)).toBe(6);
  });

  it('are known after a resume', async () => {
    const settings = settingsOf({ ...flat, resampling: 100 });
    const trainer = await createTrainer('soft-q-learning', generator, settings);
    const first = await trainer.propose(3);
    const other = await createTrainer('soft-q-learning', generator, settings);
    other.restore(trainer.save());
    const second = await other.propose(3);
    expect(second).toEqual(await trainer.propose(3));
    expect(new Set([...first, ...second].map(({ text }) => text)).size).toBe(6);
    await Promise.all([trainer.dispose(), other.dispose()]);
  });

  it('are told apart from a collapse: how many of the first samples differ is among the metrics', async () => {
    const distinct = async (resampling: number) => {
      const trainer = await createTrainer('soft-q-learning', generator, settingsOf({ ...flat, topK: 1, resampling }));
      const metrics = await trainer.update(await trainer.propose(SHAPED.length), plainRewards(SHAPED));
      await trainer.dispose();
      return metrics['policy/distinct'];
    };
    expect(await distinct(0)).toBeUndefined();
    expect(await distinct(2)).toBe(1 / SHAPED.length);
  });

  it('are not kept where they may come again', async () => {
    const trainer = await createTrainer('soft-q-learning', generator, settingsOf({}));
    await trainer.propose(3);
    expect(trainer.save().json).not.toHaveProperty('known');
    await trainer.dispose();
  });
});
