import { RlpromptError } from '../../../errors.js';

/** What a service may be asked for at most, and what its tokens cost. */
export interface SpendingLimits {
  /** Tokens read and written together. */
  readonly maxTokens?: number | undefined;
  /** Counted as they are sent, so that what is tried again counts, too. */
  readonly maxRequests?: number | undefined;
  /** In the currency of `price`. */
  readonly maxCost?: number | undefined;
  /** For a million tokens read, and a million written. */
  readonly price?: readonly [read: number, written: number] | undefined;
}

interface Tokens {
  readonly read: number;
  readonly written: number;
}

/**
 * Tokens and money that a service was asked for. A request is only sent where the limits hold even if it is as large as
 * it can be, beside all that are under way; so they are never passed, and reached a little early.
 */
export class Spending {
  private spent = { read: 0, written: 0 };
  private underWay = { read: 0, written: 0 };
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly limits: SpendingLimits,
    private readonly model: string,
  ) {}

  get tokens(): Tokens {
    return this.spent;
  }

  /** What the tokens cost so far; undefined without a price. */
  get cost(): number | undefined {
    return this.limits.price && costOf(this.spent, this.limits.price);
  }

  /**
   * Sets tokens aside for a request; where only those of others stand in its way, it waits until they are settled.
   *
   * @param most a token has at least one byte, so no text has more tokens than bytes
   * @returns what to call with the tokens it took in the end, or without any where it failed
   * @throws RlpromptError `E_ENDPOINT_SPENT` where it could pass a limit
   */
  async reserve(most: Tokens): Promise<(used?: Tokens) => void> {
    for (let refusal = this.refusal(most); refusal; refusal = this.refusal(most)) {
      if (this.underWay.read + this.underWay.written === 0) throw refusal;
      await new Promise<void>((settled) => this.waiting.push(settled));
    }
    add(this.underWay, most, 1);
    return (used = { read: 0, written: 0 }) => {
      add(this.underWay, most, -1);
      add(this.spent, used, 1);
      for (const wake of this.waiting.splice(0)) wake();
    };
  }

  /** Why a request may not be sent now. */
  private refusal(most: Tokens): RlpromptError | undefined {
    const all = {
      read: this.spent.read + this.underWay.read + most.read,
      written: this.spent.written + this.underWay.written + most.written,
    };
    const { maxTokens, maxCost, price } = this.limits;
    const tokens = all.read + all.written;
    if (maxTokens !== undefined && tokens > maxTokens) return this.passed('--max-tokens', tokens, maxTokens);
    if (maxCost !== undefined && price && costOf(all, price) > maxCost)
      return this.passed('--max-cost', costOf(all, price), maxCost);
    return undefined;
  }

  private passed(where: string, could: number, limit: number): RlpromptError {
    const { read, written } = this.spent;
    const cost = this.cost === undefined ? '' : `, cost ${this.cost.toPrecision(3)}`;
    return new RlpromptError({
      code: 'E_ENDPOINT_SPENT',
      exit: 'unavailable',
      message:
        `${this.model} has used ${read} tokens read, ${written} written${cost}; with the next request it could be ` +
        `${Number(could.toPrecision(4))}, more than the limit of ${limit}`,
      where,
      kept: 'every answer that was paid for',
      next: `resume with a larger ${where}; only the rest is asked for`,
    });
  }
}

function costOf({ read, written }: Tokens, [perRead, perWritten]: readonly [number, number]): number {
  return (read * perRead + written * perWritten) / 1e6;
}

function add(to: { read: number; written: number }, { read, written }: Tokens, times: 1 | -1): void {
  to.read += times * read;
  to.written += times * written;
}
