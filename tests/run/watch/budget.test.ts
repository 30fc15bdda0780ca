import { describe, expect, it } from 'vitest';
import { Budget, type BudgetLimits } from '../../../src/run/watch/budget.js';

const used = (step: number, forwards = 0) => ({ step, forwards, remote: [] });

function budgetWith(limits: Partial<BudgetLimits>, elapsedBefore = 0): { budget: Budget; pass: (ms: number) => void } {
  let now = 5_000_000;
  const budget = new Budget({ steps: 100, ...limits }, () => now, elapsedBefore);
  return {
    budget,
    pass: (ms) => {
      now += ms;
    },
  };
}

describe('Budget', () => {
  it('stops at the step and at the forward that use it up', () => {
    const { budget } = budgetWith({ forwards: 50 });
    expect(budget.reached(used(99, 49))).toBeUndefined();
    expect(budget.reached(used(100, 0))).toBe('steps');
    expect(budget.reached(used(3, 50))).toBe('forwards');
  });

  it('counts the time of earlier processes', () => {
    const { budget, pass } = budgetWith({ minutes: 2 }, 60);
    pass(59_999);
    expect(budget.reached(used(1))).toBeUndefined();
    pass(1);
    expect(budget.reached(used(1))).toBe('minutes');
    expect(budget.elapsedSeconds).toBe(120);
  });

  it('loses patience after so many evaluations without a better score, equal ones among them', () => {
    const { budget } = budgetWith({ patience: 2 });
    for (const score of [0.5, 0.5, 0.6, 0.6]) budget.noteEvaluation(score);
    expect(budget.reached(used(1))).toBeUndefined();
    budget.noteEvaluation(0.4);
    expect(budget.reached(used(1))).toBe('patience');
  });

  it('stops at a score that is good enough, which is what is told where steps end too', () => {
    const { budget } = budgetWith({ targetScore: 0.9 });
    budget.noteEvaluation(0.89);
    expect(budget.reached(used(1))).toBeUndefined();
    budget.noteEvaluation(0.9);
    expect(budget.reached(used(100))).toBe('target-score');
  });

  it('continues after a resume as if it had not been stopped, and what it saves knows no time', () => {
    const first = budgetWith({ patience: 3 });
    for (const score of [-0.5, -1]) first.budget.noteEvaluation(score);
    first.pass(1234);
    const saved = JSON.parse(JSON.stringify(first.budget.save())) as ReturnType<Budget['save']>;
    expect(saved).toEqual({ bestScore: -0.5, evaluationsSinceBest: 1 });
    const { budget } = budgetWith({ patience: 3 });
    budget.restore(saved);
    for (const score of [-0.6, -0.7]) budget.noteEvaluation(score);
    expect(budget.reached(used(1))).toBe('patience');
  });
});
