/** Weight of the past in the running mean and variance. */
const DECAY = 0.9;
const EPSILON = 1e-4;

/**
 * Standardises raw rewards by running statistics, so that a prompt's reward means the same whenever it is replayed;
 * a z-score over each step would move with the company it is in.
 */
export class RewardScale {
  private mean = 0;
  private square = 0;
  private weight = 0;

  observe(raw: readonly number[]): void {
    const share = (1 - DECAY) / raw.length;
    this.mean *= DECAY;
    this.square *= DECAY;
    this.weight = this.weight * DECAY + (1 - DECAY);
    for (const value of raw) {
      this.mean += share * value;
      this.square += share * value * value;
    }
  }

  /** Forgets what it has seen, for rewards that were computed again. */
  restart(raw: readonly number[]): void {
    this.restore([0, 0, 0]);
    if (raw.length > 0) this.observe(raw);
  }

  /** 0 while it has seen nothing. */
  standardise(raw: number): number {
    if (this.weight === 0) return 0;
    const mean = this.mean / this.weight;
    const variance = Math.max(0, this.square / this.weight - mean * mean);
    return variance === 0 ? 0 : (raw - mean) / (Math.sqrt(variance) + EPSILON);
  }

  save(): readonly [number, number, number] {
    return [this.mean, this.square, this.weight];
  }

  restore([mean, square, weight]: readonly [number, number, number]): void {
    this.mean = mean;
    this.square = square;
    this.weight = weight;
  }
}
