import { describe, expect, it } from 'vitest';
import { generalisedAdvantages } from '../../src/losses/generalised-advantages.js';
import { logVarianceLoss } from '../../src/losses/log-variance.js';
import { policyGradientLoss } from '../../src/losses/policy-gradient.js';
import { ppoClipLoss } from '../../src/losses/ppo-clip.js';
import { softQLoss } from '../../src/losses/soft-q.js';
import { sparseQLoss } from '../../src/losses/sparse-q.js';
import { Rng } from '../../src/random/rng.js';
import { numericalGradient, relativeError } from './numerical-gradient.js';

const rng = Rng.create(8, 'search');
const random = (n: number) => Array.from({ length: n }, () => 4 * rng.float() - 2);

const time = [2, 1, 4];
const batch = 3;
const cells = 7;
const rewards = random(batch);
const fixed = { batch, rewards, priorLogProbs: random(cells), targetValues: random(cells), advantages: random(cells) };
const oldLogProbs = random(cells);

interface Outcome {
  readonly loss: number;
  readonly weights: Float64Array;
}

/** Each loss as a function of log π or Q, [batch, time]. */
const LOSSES: Readonly<Record<string, (at: ArrayLike<number>, time: number | readonly number[]) => Outcome>> = {
  'log-variance': (logProbs, time) => logVarianceLoss({ ...fixed, time, logProbs }),
  reinforce: (logProbs, time) => policyGradientLoss({ ...fixed, time, logProbs, discount: 0.9 }),
  'ppo-clip': (logProbs, time) => ppoClipLoss({ ...fixed, time, logProbs, oldLogProbs, clip: 0.5 }),
  'single-step soft Q': (logProbs, time) => softQLoss({ ...fixed, time, logProbs, kind: 'single-step' }),
  'multi-step soft Q': (logProbs, time) => softQLoss({ ...fixed, time, logProbs, kind: 'multi-step' }),
  'soft Q, level of the batch': (logProbs, time) =>
    softQLoss({ ...fixed, time, logProbs, kind: 'both', level: 'batch' }),
  'sparse Q': (qValues, time) => {
    const { loss, qWeights } = sparseQLoss({ ...fixed, time, qValues, discount: 0.9 });
    return { loss, weights: qWeights };
  },
};

describe.each(Object.entries(LOSSES))('prompts of several lengths in %s', (_, loss) => {
  it('have weights equal to finite differences', () => {
    const at = random(cells);
    const expected = numericalGradient((values) => loss(values, time).loss, at, 1e-6);
    expect(relativeError(loss(at, time).weights, expected)).toBeLessThan(1e-6);
  });
});

describe('prompts of several lengths', () => {
  it('count each with its own tokens: the mean of each alone', () => {
    const logProbs = random(cells);
    const starts = [0, 2, 3];
    const alone = time.map((steps, row) => {
      const own = (values: readonly number[]) => values.slice(starts[row]!, starts[row]! + steps);
      return softQLoss({
        batch: 1,
        time: steps,
        logProbs: own(logProbs),
        targetValues: own(fixed.targetValues),
        rewards: [rewards[row]!],
        kind: 'both',
      });
    });
    const together = softQLoss({ ...fixed, time, logProbs, kind: 'both' });
    expect(together.loss).toBeCloseTo(
      alone.reduce((sum, { loss }) => sum + loss / batch, 0),
      12,
    );
    const weights = alone.flatMap(({ weights }) => Array.from(weights, (weight) => weight / batch));
    expect(relativeError(together.weights, weights)).toBeLessThan(1e-12);
  });

  it('have their reward at their own last token', () => {
    const { returns } = generalisedAdvantages({
      batch,
      time,
      rewards: [0, 5, 7, 0, 0, 0, 9],
      values: new Array(cells).fill(0),
      lambda: 1,
    });
    expect([...returns]).toEqual([5, 5, 7, 9, 9, 9, 9]);
  });

  it('are refused where the numbers do not fit', () => {
    const given = { batch, rewards, logProbs: random(cells) };
    expect(() => logVarianceLoss({ ...given, time: [2, 5] })).toThrow('time holds 2 numbers; batch 3 asks for as many');
    expect(() => logVarianceLoss({ ...given, time: [2, 2, 2] })).toThrow('logProbs holds 7 numbers');
    expect(() => logVarianceLoss({ ...given, time: [7, 0, 0] })).toThrow('of at least 1, got 3 and 7,0,0');
  });
});

/** Every text over two words that has one to three words: 'ab.' ends with the stop, 'aba' is full. */
const TEXTS = ['a.', 'b.', 'aa.', 'ab.', 'ba.', 'bb.'].concat(['aaa', 'aab', 'aba', 'abb', 'baa', 'bab', 'bba', 'bbb']);
const PREFIXES = ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb'];

/** One free logit for each beginning and what may follow; nothing ends before it has begun. */
class TreePolicy {
  readonly logits = new Map(PREFIXES.map((prefix) => [prefix, new Map(this.next(prefix).map((c) => [c, 0]))]));

  next(prefix: string): string[] {
    return prefix === '' ? ['a', 'b'] : ['a', 'b', '.'];
  }

  logProb(prefix: string, chosen: string): number {
    const logits = this.logits.get(prefix)!;
    const total = [...logits.values()].reduce((sum, logit) => sum + Math.exp(logit), 0);
    return logits.get(chosen)! - Math.log(total);
  }

  logProbs(text: string): number[] {
    return [...text].map((chosen, step) => this.logProb(text.slice(0, step), chosen));
  }

  descend(text: string, weights: ArrayLike<number>, rate: number): void {
    const slopes = [...text].map((chosen, step) => {
      const prefix = text.slice(0, step);
      return this.next(prefix).map((c) => [prefix, c, (c === chosen ? 1 : 0) - Math.exp(this.logProb(prefix, c))]);
    });
    for (const [step, ofStep] of slopes.entries()) {
      for (const [prefix, c, slope] of ofStep as [string, string, number][]) {
        const logits = this.logits.get(prefix)!;
        logits.set(c, logits.get(c)! - rate * weights[step]! * slope);
      }
    }
  }
}

describe('the log-variance loss over every text of a small language', () => {
  it('is least where π ∝ p₀ e^r, whatever the lengths', () => {
    const policy = new TreePolicy();
    const prior = new TreePolicy();
    for (const logits of prior.logits.values()) for (const c of logits.keys()) logits.set(c, 2 * rng.float() - 1);
    const rewards = TEXTS.map(() => 3 * rng.float());
    const priors = TEXTS.map((text) => prior.logProbs(text));
    const lengths = TEXTS.map(({ length }) => length);
    for (let step = 0; step < 3000; step++) {
      const logProbs = TEXTS.flatMap((text) => policy.logProbs(text));
      const priorLogProbs = priors.flat();
      const { weights } = logVarianceLoss({ batch: TEXTS.length, time: lengths, logProbs, priorLogProbs, rewards });
      let start = 0;
      for (const text of TEXTS) {
        policy.descend(text, weights.subarray(start, start + text.length), 0.5);
        start += text.length;
      }
    }
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const goals = TEXTS.map((_, i) => Math.exp(sum(priors[i]!) + rewards[i]!));
    const shares = TEXTS.map((text) => Math.exp(sum(policy.logProbs(text))));
    expect(sum(shares)).toBeCloseTo(1, 12);
    expect(
      relativeError(
        shares,
        goals.map((goal) => goal / sum(goals)),
      ),
    ).toBeLessThan(1e-3);
  });
});
