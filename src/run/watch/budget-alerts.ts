import { groupDigits } from '../../group-digits.js';
import type { BudgetLimits, UsedBudget } from './budget.js';
import type { HealthWarning } from './health.js';

/** Shares of a budget that are worth a word. */
const LEVELS = [0.5, 0.8];

interface UsedShare {
  readonly flag: string;
  readonly used: number;
  readonly limit: number | undefined;
}

/** Four digits of an amount, which may be less than one. */
function shown(amount: number): string {
  const short = Number(amount.toPrecision(4));
  return short < 1000 ? String(short) : groupDigits(short);
}

/** Says when half, and when four fifths, of a budget of forwards, tokens, money or requests is used. */
export class BudgetAlerts {
  private readonly told = new Map<string, number>();

  constructor(private readonly limits: Pick<BudgetLimits, 'forwards'>) {}

  observe(used: UsedBudget): HealthWarning[] {
    return this.sharesOf(used).flatMap(({ flag, used: amount, limit }) => {
      if (limit === undefined) return [];
      const level = LEVELS.findLast((share) => amount >= share * limit) ?? 0;
      if (level <= (this.told.get(flag) ?? 0)) return [];
      this.told.set(flag, level);
      const message = `${Math.round(level * 100)} % of ${flag} is used: ${shown(amount)} of ${shown(limit)}`;
      return [{ code: 'budget', message }];
    });
  }

  /** What a run had used before it was resumed was told then. */
  restore(used: UsedBudget): void {
    this.observe(used);
  }

  private sharesOf({ forwards, remote }: UsedBudget): UsedShare[] {
    return [
      { flag: '--forwards', used: forwards, limit: this.limits.forwards },
      ...remote.flatMap(({ model, requests, tokens, cost = 0, limits }): UsedShare[] =>
        tokens && limits
          ? [
              { flag: `--max-tokens of ${model}`, used: tokens.read + tokens.written, limit: limits.maxTokens },
              { flag: `--max-cost of ${model}`, used: cost, limit: limits.maxCost },
              { flag: `--max-requests of ${model}`, used: requests, limit: limits.maxRequests },
            ]
          : [],
      ),
    ];
  }
}
