import { describe, expect, it } from 'vitest';
import { Candidates } from '../../../src/run/select/candidates.js';
import { splitShares } from '../../../src/run/select/selection.js';

const candidate = (text: string, reward: number, accuracy: number, step = 1) => ({
  tokenIds: [step],
  tokens: [text],
  text,
  step,
  reward,
  train: { accuracy },
  origin: 'policy' as const,
});
const onDev = (accuracy: number, reward = 0) => ({ reward, metrics: { accuracy } });

describe('Candidates', () => {
  it('keeps one of the prompts that spell the same text, the first', () => {
    const candidates = new Candidates(10, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    candidates.add(candidate('a', 1, 0.5, 1));
    candidates.add(candidate('a', 1, 0.5, 9));
    expect(candidates.byTrainScore(5).map(({ step }) => step)).toEqual([1]);
  });

  it('ranks by the metric on train, ties by reward, and ties of both by who came first', () => {
    const candidates = new Candidates(10, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    candidates.add(candidate('late', 5, 0.5, 3));
    candidates.add(candidate('low reward', 1, 0.5, 1));
    candidates.add(candidate('early', 5, 0.5, 2));
    candidates.add(candidate('most accurate', 0, 0.6, 4));
    candidates.add(candidate('high reward', 9, 0.5, 5));
    const ranked = candidates.byTrainScore(5).map(({ text }) => text);
    expect(ranked).toEqual(['most accurate', 'high reward', 'early', 'late', 'low reward']);
  });

  it('forgets the worst of too many, but none that was scored on dev', () => {
    const candidates = new Candidates(3, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    candidates.add(candidate('worst', -5, 0));
    candidates.scoreDev('worst', onDev(0.9));
    for (let i = 0; i < 20; i++) candidates.add(candidate(`p${i}`, i, 0.5));
    const kept = candidates.save().map(({ text }) => text);
    expect(kept.length).toBeLessThanOrEqual(7);
    expect(kept).toContain('worst');
    expect(kept).toContain('p19');
    expect(kept).not.toContain('p3');
  });

  it('ranks by dev, ties by the reward there: what the search has fitted does not count', () => {
    const candidates = new Candidates(10, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    candidates.add(candidate('fitted', 99, 1));
    candidates.add(candidate('holds', 1, 0.6));
    candidates.add(candidate('holds better', 0, 0.5));
    candidates.scoreDev('fitted', onDev(0.7, 90));
    candidates.scoreDev('holds', onDev(0.75, 10));
    candidates.scoreDev('holds better', onDev(0.75, 20));
    expect(candidates.byDevScore(3).map(({ text }) => text)).toEqual(['holds better', 'holds', 'fitted']);
  });

  it('lets train and dev decide together where that is asked for, every example counting alike', () => {
    const ranked = (select: 'dev' | 'pooled') => {
      const candidates = new Candidates(10, 'accuracy', splitShares(select, { train: 30, dev: 10 }));
      candidates.add(candidate('on train', 1, 0.9));
      candidates.add(candidate('on dev', 2, 0.8));
      candidates.add(candidate('on dev, too', 3, 0.8));
      candidates.scoreDev('on train', onDev(0.6));
      candidates.scoreDev('on dev', onDev(0.8, 5));
      candidates.scoreDev('on dev, too', onDev(0.8, 1));
      return candidates.byDevScore(3).map(({ text }) => text);
    };
    expect(ranked('dev')).toEqual(['on dev', 'on dev, too', 'on train']);
    // 0.75 · 0.9 + 0.25 · 0.6 = 0.825; the others tie at 0.8, their rewards at 2.75 and 2.5.
    expect(ranked('pooled')).toEqual(['on train', 'on dev', 'on dev, too']);
  });

  it('leaves prompts without dev numbers out of the ranking by dev', () => {
    const candidates = new Candidates(10, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    candidates.add(candidate('a', 1, 0.5));
    candidates.add(candidate('b', 2, 0.6));
    candidates.scoreDev('a', onDev(0.5));
    expect(candidates.byDevScore(5).map(({ text }) => text)).toEqual(['a']);
  });

  it('continues from what was saved', () => {
    const candidates = new Candidates(10, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    candidates.add(candidate('a', 1, 0.5));
    candidates.scoreDev('a', onDev(0.7));
    const again = new Candidates(10, 'accuracy', splitShares('dev', { train: 10, dev: 100 }));
    again.restore(JSON.parse(JSON.stringify(candidates.save())));
    expect(again.save()).toEqual(candidates.save());
  });
});
