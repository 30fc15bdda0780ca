import { describe, expect, it } from 'vitest';
import type { PromptSummary } from '../../src/events.js';
import { orderOf, orderRule } from '../../src/ui/order-text.js';
import { INITIAL_SCREEN, reduceScreen } from '../../src/ui/screen-state.js';
import { spamRun } from './fixtures/spam-run.js';

const state = spamRun(84).reduce(reduceScreen, INITIAL_SCREEN);
const prompt = (more: Partial<PromptSummary>): PromptSummary => ({
  tokenIds: [],
  tokens: [],
  text: 'of',
  step: 3,
  reward: 9,
  train: { accuracy: 0.9 },
  dev: { accuracy: 29 / 32 },
  devMargin: 0.778,
  origin: 'policy',
  ...more,
});

describe('the place of a prompt', () => {
  it('is told as the sum that decides, a standard error less where no person wrote it', () => {
    // (29 + 1) / 34 is right, with an error of √(0.882 · 0.118 / 32)
    expect(state.start?.examples.dev).toBe(32);
    expect(orderOf(prompt({}), state)).toBe('dev accuracy 0.906 + margin 0.778 − standard error 0.057 = 1.627');
    expect(orderOf(prompt({ origin: 'manual' }), state)).toBe('dev accuracy 0.906 + margin 0.778 = 1.684');
  });

  it('is last where it reads badly, and unknown before dev is asked', () => {
    expect(orderOf(prompt({ unreadable: true }), state)).toMatch(/^after all that read better; dev accuracy/);
    const { dev: _, ...pending } = prompt({});
    expect(orderOf(pending, state)).toBeUndefined();
  });

  it('is by the metric alone where that is no accuracy', () => {
    const start = { ...state.start!, metric: 'judge' };
    expect(orderOf(prompt({ dev: { judge: 0.5 } }), { ...state, start })).toBe('dev judge 0.500');
    expect(orderRule('judge', { select: 'dev', hasMargin: true })).toBeUndefined();
  });

  it('counts train where both splits decide', () => {
    const start = { ...state.start!, select: 'pooled' as const, examples: { train: 96, dev: 32, test: 9 } };
    // 0.75 · 0.9 + 0.25 · 0.906, and 0.25 · 0.778
    expect(orderOf(prompt({ origin: 'user' }), { ...state, start })).toBe(
      'train and dev accuracy 0.902 + margin 0.195 = 1.097',
    );
    expect(orderRule('accuracy', { select: 'pooled', hasMargin: true })).toContain('train and dev together + margin');
  });
});
