import { describe, expect, it } from 'vitest';
import type { PromptSummary } from '../../../src/events.js';
import { compareCandidates, type SplitShares, splitShares } from '../../../src/run/select/selection.js';

const prompt = (more: Partial<PromptSummary>): PromptSummary => ({
  tokenIds: [],
  tokens: [],
  text: '',
  step: 1,
  reward: 0,
  train: { accuracy: 0.5 },
  dev: { accuracy: 0.5 },
  devReward: 0,
  origin: 'policy',
  ...more,
});

const DEV: SplitShares = { train: 0, dev: 1, rows: 32 };

/** Negative where the first comes first. */
const compare = (a: Partial<PromptSummary>, b: Partial<PromptSummary>, shares = DEV): number =>
  Math.sign(compareCandidates(prompt(a), prompt(b), 'accuracy', shares));

describe('the shares of the splits', () => {
  it('are dev alone, or those of the examples', () => {
    expect(splitShares('dev', { train: 30, dev: 10 })).toEqual({ train: 0, dev: 1, rows: 10 });
    expect(splitShares('pooled', { train: 30, dev: 10 })).toEqual({ train: 0.75, dev: 0.25, rows: 40 });
  });
});

describe('the order of candidates', () => {
  it('is by the metric on dev, then by the reward there, on train, and by who came first', () => {
    expect(compare({ dev: { accuracy: 0.6 } }, { devReward: 9, reward: 9 })).toBe(-1);
    expect(compare({ dev: { accuracy: 0.4 } }, {})).toBe(1);
    expect(compare({ devReward: 1 }, { reward: 9 })).toBe(-1);
    expect(compare({ devReward: -1 }, { reward: 9 })).toBe(1);
    expect(compare({ reward: 1, step: 9 }, {})).toBe(-1);
    expect(compare({ reward: -1 }, { step: 9 })).toBe(1);
    expect(compare({ step: 2 }, { step: 5 })).toBe(-1);
    expect(compare({}, {})).toBe(0);
  });

  it('puts what a person wrote before what is not better on dev by a standard error, whatever its reward', () => {
    // of 32 rows 18 and 19 are right with an error of 2.8 rows
    const accuracyOf = (right: number) => ({ dev: { accuracy: right / 32 } });
    for (const origin of ['manual', 'user'] as const) {
      for (const other of ['policy', 'warm-start', 'empty'] as const) {
        expect(compare({ origin }, { origin: other, devReward: 99 })).toBe(-1);
        expect(compare({ origin }, { origin: other, ...accuracyOf(18) })).toBe(-1);
        expect(compare({ origin }, { origin: other, ...accuracyOf(19) })).toBe(1);
        expect(compare({ origin }, { origin: other, ...accuracyOf(19) }, { ...DEV, rows: 8 })).toBe(-1);
      }
      expect(compare({ origin }, { origin: 'user', devReward: 1 })).toBe(1);
    }
    expect(compare({ origin: 'empty' }, { devReward: 99 })).toBe(-1);
  });

  it('counts the margin on dev as much as the accuracy', () => {
    expect(compare({ devMargin: 0.2 }, { dev: { accuracy: 0.6 } })).toBe(-1);
    expect(compare({ devMargin: 0.05 }, { dev: { accuracy: 0.6 } })).toBe(1);
    const pooled = { train: 0.75, dev: 0.25, rows: 40 };
    // 0.25 · 0.4 = 0.1 against 0.75 · (0.6 − 0.5) = 0.075
    expect(compare({ devMargin: 0.4 }, { train: { accuracy: 0.6 } }, pooled)).toBe(-1);
    expect(compare({ devMargin: 0.2 }, { train: { accuracy: 0.6 } }, pooled)).toBe(1);
  });

  it('puts those without dev numbers last, whatever their numbers on train', () => {
    const unscored = { train: { accuracy: 1 }, reward: 99, step: 0 };
    const without = ({ dev: _, devReward: __, ...rest }: PromptSummary): PromptSummary => ({ ...rest, ...unscored });
    expect(compareCandidates(without(prompt({})), prompt({ dev: { accuracy: 0 } }), 'accuracy', DEV)).toBe(1);
    expect(compareCandidates(prompt({ dev: { accuracy: 0 } }), without(prompt({})), 'accuracy', DEV)).toBe(-1);
  });

  it('takes a metric or reward that is missing for 0', () => {
    expect(compare({ dev: {} }, { dev: { accuracy: 0.1 } })).toBe(1);
    expect(compare({ dev: { accuracy: 0 } }, { dev: {} })).toBe(0);
    const { devReward: _, ...bare } = prompt({});
    expect(Math.sign(compareCandidates(bare, prompt({ devReward: 0.5 }), 'accuracy', DEV))).toBe(1);
  });

  it('takes no errors off other metrics than accuracy, and adds no margin', () => {
    const hand = prompt({ origin: 'manual', dev: { joint: 0.5 } });
    expect(
      compareCandidates({ ...hand, devMargin: 1 }, prompt({ dev: { joint: 0.51 } }), 'joint', DEV),
    ).toBeGreaterThan(0);
  });

  it('pools the splits by their shares', () => {
    const shares = { train: 0.75, dev: 0.25, rows: 40 };
    // 0.75 · 0.6 + 0.25 · 0.4 = 0.55 against 0.75 · 0.5 + 0.25 · 0.6 = 0.525
    expect(compare({ train: { accuracy: 0.6 }, dev: { accuracy: 0.4 } }, { dev: { accuracy: 0.6 } }, shares)).toBe(-1);
    // 0.75 · 1 + 0.25 · −2 = 0.25 against 0.75 · 0 + 0.25 · 0.5 = 0.125
    expect(compare({ reward: 1, devReward: -2 }, { devReward: 0.5 }, shares)).toBe(-1);
  });
});
