import type { LikelihoodCapability } from '../lm/model/types.js';

/**
 * exp(− mean log p of a token), over all tokens of all texts; NaN where no text has a token that is predicted.
 *
 * @param scored log-probability sums in nats, with the number of tokens each stands for
 */
export function perplexityOf(scored: readonly { logProb: number; tokenCount: number }[]): number {
  const tokens = scored.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  const logProb = scored.reduce((sum, text) => sum + text.logProb, 0);
  return tokens <= 0 ? Number.NaN : Math.exp(-logProb / tokens);
}

/** Perplexity of texts under a language model; the first token of a text is given, not predicted. */
export async function perplexity(languageModel: LikelihoodCapability, texts: readonly string[]): Promise<number> {
  return perplexityOf(await languageModel.textLogProbs(texts));
}
