import { describe, expect, it } from 'vitest';
import { PhraseScorer, type Scored } from '../../../src/acting/policy/phrase-scorer.js';
import { Rng } from '../../../src/random/rng.js';

const rng = Rng.create(5, 'sampling');
const vector = (size: number) => Float32Array.from({ length: size }, () => 2 * rng.float() - 1);
const [open, wait, sit] = [vector(3), vector(3), vector(3)];
const CHOICES: Scored[] = [
  { state: vector(4), phrases: [open, wait] },
  { state: vector(4), phrases: [wait, sit, open] },
];

/** The mean squared distance from some targets, and its slopes. */
const TARGETS = [1, -1, 0.5, 0, -0.5];
const lossOf = (scores: Float64Array) => scores.reduce((sum, score, i) => sum + (score - TARGETS[i]!) ** 2, 0);
const slopesOf = (scores: Float64Array) => scores.map((score, i) => 2 * (score - TARGETS[i]!));

describe('the trained score of a phrase', () => {
  it('is zero at first, so the frozen LM alone decides', () => {
    expect([...new PhraseScorer(4, 3, 0).scores(CHOICES)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('is fitted by descent, each pair of state and phrase to a number of its own', () => {
    const scorer = new PhraseScorer(4, 3, 0);
    for (let step = 0; step < 1500; step++) scorer.descend(CHOICES, slopesOf, 3e-3);
    expect(lossOf(scorer.scores(CHOICES))).toBeLessThan(1e-3);
  });

  it('depends on nothing beside its own state and phrase', () => {
    const scorer = new PhraseScorer(4, 3, 0);
    for (let step = 0; step < 20; step++) scorer.descend(CHOICES, slopesOf, 3e-3);
    const alone = CHOICES.flatMap(({ state, phrases }) =>
      phrases.flatMap((phrase) => [...scorer.scores([{ state, phrases: [phrase] }])]),
    );
    expect([...scorer.scores(CHOICES)]).toEqual(alone);
  });

  it('continues exactly where it was saved', () => {
    const [whole, stopped, resumed] = [0, 0, 9].map((seed) => new PhraseScorer(4, 3, seed));
    for (let step = 0; step < 6; step++) whole!.descend(CHOICES, slopesOf, 3e-3);
    for (let step = 0; step < 3; step++) stopped!.descend(CHOICES, slopesOf, 3e-3);
    resumed!.restore(stopped!.save());
    for (let step = 0; step < 3; step++) resumed!.descend(CHOICES, slopesOf, 3e-3);
    expect(resumed!.save()).toEqual(whole!.save());
  });
});
