/** How good one rewritten text is. */
export interface OutputQuality {
  /** BERTScore F1 between input and output, negative ones as 0. */
  readonly content: number;
  /** Probability of the wanted style. */
  readonly style: number;
}

/** Of all samples of one prompt and input, what counts. */
export interface SampledOutput extends OutputQuality {
  readonly text: string;
  /** `empty`, or `cut` where the stop string never came: content and style are then 0. */
  readonly fault: 'empty' | 'cut' | undefined;
}

/** The reward of one output, 0 to 100: the mean of content and style (RLPrompt, section 3.2). */
export function outputReward({ content, style }: OutputQuality): number {
  return (100 * content + 100 * style) / 2;
}

/**
 * The best output of each bootstrap: the samples are cut into `bootstraps` segments of equal length. Of equals the first.
 *
 * @param outputs [bootstraps · samples]
 */
export function bestOfSegments<Output extends OutputQuality>(outputs: readonly Output[], bootstraps: number): Output[] {
  const length = outputs.length / bootstraps;
  return Array.from({ length: bootstraps }, (_, b) =>
    outputs
      .slice(b * length, (b + 1) * length)
      .reduce((best, output) => (outputReward(output) > outputReward(best) ? output : best)),
  );
}

/** Log-probability of a text, in nats, and how many tokens it is the sum over. */
export interface TextLogProb {
  readonly logProb: number;
  readonly tokenCount: number;
}

/**
 * Fluency of an output in [0, 1]: the input's perplexity over the output's, at most 1. A text that the language model
 * finds as likely a token as the input, or likelier, is fluent.
 */
export function relativeFluency(output: TextLogProb, input: TextLogProb): number {
  if (output.tokenCount < 1 || input.tokenCount < 1) return 0;
  return Math.min(1, Math.exp(output.logProb / output.tokenCount - input.logProb / input.tokenCount));
}
