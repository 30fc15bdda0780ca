/** A candidate for the next token. */
export interface RankedToken {
  readonly tokenId: number;
  readonly logit: number;
}

export interface SamplingOptions {
  /** Keep this many of the likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keep the likeliest until their probabilities sum to this; 1 keeps all. */
  readonly topP: number;
  /** Divides the logits; 0 takes the likeliest token. */
  readonly temperature: number;
}

/**
 * Draws one of the ranked tokens with a uniform number in [0, 1): top-k, then top-p, after temperature.
 * @param ranked likeliest first
 * @throws RangeError where there is none
 */
export function sampleToken(ranked: readonly RankedToken[], options: SamplingOptions, uniform: number): number {
  const candidates = options.topK > 0 ? ranked.slice(0, options.topK) : ranked;
  const [likeliest] = candidates;
  if (!likeliest) throw new RangeError('no token to choose from');
  if (options.temperature === 0) return likeliest.tokenId;
  const tokens = candidates.map(({ tokenId, logit }) => {
    return { tokenId, power: Math.exp((logit - likeliest.logit) / options.temperature) };
  });
  const total = tokens.reduce((sum, { power }) => sum + power, 0);
  const kept = keepNucleus(tokens, options.topP * total);
  let rest = uniform * kept.mass;
  let { tokenId: last } = likeliest;
  for (const { tokenId, power } of kept.tokens) {
    rest -= power;
    last = tokenId;
    if (rest < 0) break;
  }
  return last;
}

/** The fewest first tokens whose powers sum to `mass`, at least one. */
function keepNucleus<T extends { readonly power: number }>(tokens: readonly T[], mass: number) {
  let sum = 0;
  for (const [i, { power }] of tokens.entries()) {
    sum += power;
    if (sum >= mass) return { tokens: tokens.slice(0, i + 1), mass: sum };
  }
  return { tokens, mass: sum };
}
