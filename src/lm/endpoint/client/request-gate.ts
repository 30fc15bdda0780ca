/** Requests under way at once: a number, or as many as the service takes. */
export type Concurrency = number | 'auto';

const FIRST = 8;
const MOST = 64;

/**
 * Lets requests through, so many at once. With `auto` that number grows with every answer until the service says that
 * it is too many; from then on it is halved at each refusal and grows slowly. Results do not depend on it.
 */
export class RequestGate {
  /** Most requests under way at once, ever. */
  readonly most: number;
  private limit: number;
  private underWay = 0;
  private isSlow = false;
  private refusedAt = Number.NEGATIVE_INFINITY;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: Concurrency,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.most = concurrency === 'auto' ? MOST : concurrency;
    this.limit = concurrency === 'auto' ? FIRST : concurrency;
  }

  /** Requests that may be under way at once now. */
  get width(): number {
    return Math.max(1, Math.floor(this.limit));
  }

  /** Requests under way now. */
  get passing(): number {
    return this.underWay;
  }

  async enter(): Promise<void> {
    if (this.underWay < this.width) {
      this.underWay++;
      return;
    }
    await new Promise<void>((pass) => this.waiting.push(pass));
  }

  leave(): void {
    this.underWay--;
    while (this.underWay < this.width && this.waiting.length > 0) {
      this.underWay++;
      this.waiting.shift()!();
    }
  }

  noteAnswer(): void {
    if (this.concurrency !== 'auto') return;
    this.limit = Math.min(MOST, this.limit + (this.isSlow ? 1 / this.limit : 1));
  }

  /** Several refusals at once are one: they speak of the same moment. */
  noteRefusal(): void {
    if (this.concurrency !== 'auto' || this.clock() - this.refusedAt < 1000) return;
    this.refusedAt = this.clock();
    this.isSlow = true;
    this.limit = Math.max(1, this.limit / 2);
  }
}
