import type { Rng } from '../../src/random/rng.js';

/**
 * A policy with one free logit for each position and token, in double precision: small enough to follow a loss's whole
 * curve by hand.
 */
export class TabularPolicy {
  readonly logits: Float64Array;

  constructor(
    readonly time: number,
    readonly vocabulary: number,
  ) {
    this.logits = new Float64Array(time * vocabulary);
  }

  distribution(t: number): { probabilities: number[]; value: number } {
    const row = Array.from(this.logits.subarray(t * this.vocabulary, (t + 1) * this.vocabulary));
    const largest = Math.max(...row);
    const value = largest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    return { probabilities: row.map((logit) => Math.exp(logit - value)), value };
  }

  logProbs(actions: readonly number[]): Float64Array {
    return Float64Array.from(actions, (action, cell) => {
      const t = cell % this.time;
      return this.logits[t * this.vocabulary + action]! - this.distribution(t).value;
    });
  }

  values(cells: number): Float64Array {
    return Float64Array.from({ length: cells }, (_, cell) => this.distribution(cell % this.time).value);
  }

  sample(count: number, rng: Rng): number[] {
    return Array.from({ length: count * this.time }, (_, cell) => {
      const { probabilities } = this.distribution(cell % this.time);
      let left = rng.float();
      const chosen = probabilities.findIndex((probability) => {
        left -= probability;
        return left < 0;
      });
      return chosen < 0 ? this.vocabulary - 1 : chosen;
    });
  }

  /** Gradient descent along Σ w ∇ log π. */
  descend(actions: readonly number[], weights: ArrayLike<number>, rate: number): void {
    const distributions = Array.from({ length: this.time }, (_, t) => this.distribution(t).probabilities);
    for (const [cell, action] of actions.entries()) {
      const t = cell % this.time;
      for (let token = 0; token < this.vocabulary; token++) {
        const slope = (token === action ? 1 : 0) - distributions[t]![token]!;
        this.logits[t * this.vocabulary + token]! -= rate * weights[cell]! * slope;
      }
    }
  }
}
