import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import {
  drawPhrase,
  logSoftmax,
  standardisedScores,
  wordNormalisedScores,
} from '../../../src/trainers/policy/phrase-scores.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

describe('scores of phrases', () => {
  it('are their log-probability by the LM, a word: in any number and of any length', async () => {
    const generator = scriptedGenerator({ fluentWords: ['dull'] });
    const lm = await PromptPolicy.create(generator, toySettings({}), { maskedInLoss: false, frozen: true });
    const texts = Array.from({ length: 40 }, (_, i) => {
      const at = (k: number) => generator.words[(i + k) % generator.words.length];
      return i % 3 === 0 ? `${at(0)} ${at(5)}` : `${at(1)}`;
    });
    const phrases = texts.map((text) => ({ text, tokenIds: generator.tokenizer.encode(` ${text}`) }));
    const scores = await wordNormalisedScores(lm, phrases);
    expect(scores).toHaveLength(40);
    for (const [i, { tokenIds }] of phrases.entries()) {
      const { trace } = await lm.follow(tokenIds);
      const { logProbs } = await lm.head.lmLogProbs(trace.hidden, tokenIds);
      expect(scores[i]).toBeCloseTo(logProbs.reduce((sum, value) => sum + value, 0) / tokenIds.length, 5);
    }
    await lm.dispose();
  });

  it('are standardised to mean 0 and deviation 1, or to 0 where all are alike', () => {
    const deviation = Math.sqrt(((1 - 4) ** 2 + (4 - 4) ** 2 + (7 - 4) ** 2) / 3);
    const scores = standardisedScores(Float64Array.of(1, 4, 7));
    [-3 / deviation, 0, 3 / deviation].forEach((expected, i) => {
      expect(scores[i]).toBeCloseTo(expected, 12);
    });
    expect([...standardisedScores(Float64Array.of(2, 2))]).toEqual([0, 0]);
  });

  it('become log-probabilities, also where they are huge', () => {
    const logProbs = logSoftmax(Float64Array.of(1000, 1000 + Math.log(3)));
    expect([...logProbs].map(Math.exp).map((p) => p.toFixed(9))).toEqual(['0.250000000', '0.750000000']);
  });
});

describe('a drawn phrase', () => {
  it('comes as often as its probability says', () => {
    const rng = Rng.create(3, 'sampling');
    const logProbs = Float64Array.of(0.2, 0.5, 0.3).map(Math.log);
    const counts = [0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[drawPhrase(logProbs, rng)]! += 1 / 4000;
    [0.2, 0.5, 0.3].forEach((share, i) => {
      expect(Math.abs(counts[i]! - share)).toBeLessThan(0.03);
    });
  });

  it('is the last one where rounding leaves a rest', () => {
    const almost = { float: () => 0.999 } as Rng;
    expect(drawPhrase(Float64Array.of(0.5, 0.498).map(Math.log), almost)).toBe(1);
    const zero = { float: () => 0 } as Rng;
    expect(drawPhrase(Float64Array.of(0, 1).map(Math.log), zero)).toBe(1);
  });
});
