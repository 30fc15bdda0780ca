import { describe, expect, it } from 'vitest';
import type { RemoteUsage } from '../../../src/events.js';
import { Budget } from '../../../src/run/watch/budget.js';
import { BudgetAlerts } from '../../../src/run/watch/budget-alerts.js';

const spent = (rows: number, limits: NonNullable<RemoteUsage['limits']>): RemoteUsage => ({
  model: 'openai:big',
  rows,
  requests: rows,
  inFlight: 0,
  waitMs: 0,
  tokens: { read: 9 * rows, written: rows },
  cost: rows / 100,
  limits,
});
const used = (forwards: number, ...remote: RemoteUsage[]) => ({ step: 1, forwards, remote });

describe('alerts of a budget', () => {
  it('come once at half and once at four fifths, of forwards, tokens and money', () => {
    const alerts = new BudgetAlerts({ forwards: 1000 });
    const limits = { maxTokens: 1000, maxCost: 4 };
    const at = (forwards: number, rows: number) => alerts.observe(used(forwards, spent(rows, limits)));
    expect(at(499, 49)).toEqual([]);
    expect(at(500, 49).map(({ message }) => message)).toEqual(['50 % of --forwards is used: 500 of 1,000']);
    expect(at(799, 79).map(({ message }) => message)).toEqual([
      '50 % of --max-tokens of openai:big is used: 790 of 1,000',
    ]);
    expect(at(799, 80).map(({ message }) => message)).toEqual([
      '80 % of --max-tokens of openai:big is used: 800 of 1,000',
    ]);
    expect(at(900, 400).map(({ message }) => message)).toEqual([
      '80 % of --forwards is used: 900 of 1,000',
      '80 % of --max-cost of openai:big is used: 4 of 4',
    ]);
    expect(at(1000, 400)).toEqual([]);
  });

  it('are not repeated by a resumed run', () => {
    const alerts = new BudgetAlerts({ forwards: 100 });
    alerts.restore(used(60));
    expect(alerts.observe(used(70))).toEqual([]);
    expect(alerts.observe(used(80))).toHaveLength(1);
  });
});

describe('a budget of tokens or money', () => {
  const budget = new Budget({ steps: 100, rowsAhead: 20 }, () => 0);

  it('ends a run while the step and the end ahead can still be paid for', () => {
    // A row took 10 tokens; 20 rows and what the next request sets aside are 240.
    expect(budget.reached(used(0, spent(75, { maxTokens: 1000 })))).toBeUndefined();
    expect(budget.reached(used(0, spent(77, { maxTokens: 1000 })))).toBe('tokens');
    expect(budget.reached(used(0, spent(75, { maxCost: 1 })))).toBeUndefined();
    expect(budget.reached(used(0, spent(77, { maxCost: 1 })))).toBe('cost');
    // A row took one request; 24 are set aside.
    expect(budget.reached(used(0, spent(75, { maxRequests: 100 })))).toBeUndefined();
    expect(budget.reached(used(0, spent(77, { maxRequests: 100 })))).toBe('requests');
  });

  it('is not reached by a service that has no limit, or has answered nothing yet', () => {
    expect(budget.reached(used(0, spent(1e6, {})))).toBeUndefined();
    expect(budget.reached(used(0, spent(0, { maxTokens: 1 })))).toBeUndefined();
  });
});
