import { describe, expect, it } from 'vitest';
import { type PoolSettings, PromptPool } from '../../../src/run/select/prompt-pool.js';
import { splitShares } from '../../../src/run/select/selection.js';
import { scriptedGenerator } from '../../trainers/scripted-generator.js';

const { tokenizer } = scriptedGenerator();
const poolOf = (more: Partial<PoolSettings> = {}): PromptPool =>
  new PromptPool(tokenizer, {
    capacity: 5,
    metric: 'accuracy',
    shares: splitShares('dev', { train: 4, dev: 4 }),
    promptLength: 4,
    examplesMet: 'all',
    stepNow: () => 2,
    ...more,
  });
const rollout = (text: string, ...tokenIds: number[]) => ({ text, tokenIds, trace: undefined });
const evaluation = (reward: number) => ({ reward, metrics: { accuracy: reward / 10 } });
const rewardOf = (zScored: number) => ({ raw: 0, zScored, shaped: 0 });

describe('a prompt from outside', () => {
  it('is trimmed, and cut into tokens after a space', () => {
    const given = poolOf().rolloutOf('  great movie ');
    expect(given.text).toBe('great movie');
    expect(given.tokenIds).toEqual(tokenizer.encode(' great movie'));
    expect(poolOf().rolloutOf('  ')).toEqual({ text: '', tokenIds: [], trace: undefined });
  });

  it('is repeated or cut to the length of the policy', () => {
    const ids = tokenizer.encode(' great movie plot');
    expect(poolOf().fittedRollout(ids).tokenIds).toEqual([...ids, ids[0]]);
    expect(poolOf({ promptLength: 2 }).fittedRollout(ids)).toEqual({
      tokenIds: ids.slice(0, 2),
      text: 'great movie',
      trace: undefined,
    });
    expect(poolOf().fittedRollout([]).tokenIds).toEqual([]);
    const fitted = (min: number, max: number) =>
      poolOf({ promptLength: max, minPromptLength: min }).fittedRollout(ids).tokenIds;
    expect([fitted(1, 2), fitted(2, 5), fitted(4, 5)]).toEqual([ids.slice(0, 2), ids, [...ids, ids[0]]]);
  });
});

describe('the prompts of a step', () => {
  it('are candidates where they met all train examples, but not those that left a race', () => {
    const pool = poolOf();
    pool.noteRollout(rollout('a', 1), evaluation(5), rewardOf(1));
    pool.noteRollout(rollout('b', 2), { ...evaluation(6), partial: true }, rewardOf(1));
    const [found, ...others] = pool.candidates.save();
    expect(others).toEqual([]);
    expect(found).toEqual({
      text: 'a',
      tokenIds: [1],
      tokens: [tokenizer.piece(1)],
      step: 2,
      reward: 5,
      train: { accuracy: 0.5 },
      origin: 'policy',
    });
    expect(pool.takeMinibatchCandidates(5)).toEqual([]);
  });

  it.each([
    ['some', ['b', 'a']],
    ['one', ['a', 'b']],
  ] as const)('wait to be scored on all where they met %s, the best first', (examplesMet, expected) => {
    const pool = poolOf({ examplesMet });
    pool.noteRollout(rollout('a', 1), evaluation(5), rewardOf(3));
    pool.noteRollout(rollout('b', 2), evaluation(6), rewardOf(1));
    pool.noteRollout(rollout('c', 2), { ...evaluation(9), partial: true }, rewardOf(9));
    expect(pool.candidates.save()).toEqual([]);
    expect(pool.save().tryouts).toHaveLength(2);
    expect(pool.takeMinibatchCandidates(1).map(({ text }) => text)).toEqual(expected.slice(0, 1));
    expect(pool.takeMinibatchCandidates(5).map(({ text }) => text)).toEqual(expected.slice(1));
  });
});

describe('the pool', () => {
  it('knows whether the best prompt is another', () => {
    const pool = poolOf();
    pool.add(rollout('a', 1), evaluation(5), 'policy');
    pool.add(rollout('b', 2), evaluation(6), 'user');
    const [a, b] = pool.candidates.save();
    expect([pool.noteBest(a!), pool.noteBest(a!), pool.noteBest(b!), pool.noteBest(a!)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(pool.save().bestText).toBe('a');
  });

  it('computes rewards from their parts again, and forgets those over some examples', () => {
    const pool = poolOf({ examplesMet: 'some' });
    pool.add(rollout('a', 1), { ...evaluation(5), parts: { task: 5, length: 2 } }, 'policy');
    pool.add(rollout('b', 2), evaluation(6), 'policy');
    pool.noteRollout(rollout('c', 3), evaluation(7), rewardOf(1));
    pool.reweigh(({ task = 0, length = 0 }) => task - 2 * length);
    expect(pool.candidates.save().map(({ text, reward }) => [text, reward])).toEqual([
      ['a', 1],
      ['b', 6],
    ]);
    expect(pool.save().tryouts).toEqual([]);
  });

  it('continues from what was saved', () => {
    const pool = poolOf({ examplesMet: 'one' });
    pool.add(rollout('a', 1), { ...evaluation(5), parts: { task: 5 } }, 'manual');
    pool.candidates.scoreDev('a', evaluation(4));
    pool.noteRollout(rollout('b', 2), evaluation(6), rewardOf(1));
    pool.baselines = [{ name: 'empty', prompt: '', dev: { accuracy: 0.1 } }];
    pool.noteBest(pool.top(1)[0]!);
    const saved = JSON.parse(JSON.stringify(pool.save()));
    const again = poolOf({ examplesMet: 'one' });
    again.restore(saved);
    expect(again.save()).toEqual(pool.save());
    expect(again.top(2).map(({ text }) => text)).toEqual(['a']);
    expect(again.noteBest(again.top(1)[0]!)).toBe(false);
    const bare = poolOf();
    const { tryouts: _, ...without } = saved;
    bare.restore(without);
    expect(bare.save()).toEqual(without);
    expect(bare.save()).not.toHaveProperty('tryouts');
  });
});
