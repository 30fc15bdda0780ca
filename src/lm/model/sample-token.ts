/** Candidates for the next token, likeliest first. */
export interface RankedTokens {
  readonly logits: Float32Array | readonly number[];
  readonly tokenIds: readonly number[];
}

export interface SamplingOptions {
  /** Keep this many of the likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keep the likeliest until their probabilities sum to this; 1 keeps all. */
  readonly topP: number;
  /** Divides the logits; 0 takes the likeliest token. */
  readonly temperature: number;
}

/** Draws one of the ranked tokens with a uniform number in [0, 1): top-k, then top-p, after temperature. */
export function sampleToken({ logits, tokenIds }: RankedTokens, options: SamplingOptions, uniform: number): number {
  const count = options.topK > 0 ? Math.min(options.topK, tokenIds.length) : tokenIds.length;
  if (options.temperature === 0 || count === 1) return tokenIds[0]!;
  const powers = Array.from({ length: count }, (_, i) => Math.exp((logits[i]! - logits[0]!) / options.temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const kept = keepNucleus(powers, options.topP * total);
  let rest = uniform * kept.mass;
  for (let i = 0; i < kept.count; i++) {
    rest -= powers[i]!;
    if (rest < 0) return tokenIds[i]!;
  }
  return tokenIds[kept.count - 1]!;
}

/** The smallest number of first powers whose sum reaches `mass`, at least one. */
function keepNucleus(powers: readonly number[], mass: number): { count: number; mass: number } {
  let sum = 0;
  for (const [i, power] of powers.entries()) {
    sum += power;
    if (sum >= mass) return { count: i + 1, mass: sum };
  }
  return { count: powers.length, mass: sum };
}
