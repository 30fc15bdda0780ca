import type { LanguageModel, LikelihoodCapability } from '../../lm/model/types.js';
import { mean } from '../../statistics/mean.js';
import { zip } from '../../statistics/zip.js';
import type { Candidates } from './candidates.js';
import { PLAIN_PROMPTS } from './starting-prompts.js';

/** Nats per token that a prompt may be less likely than what a person wrote. */
const TOLERANCE = 1;
/** A word again right after itself. A language model finds that likely, a reader does not. */
const REPEATED_WORD = /(?<!\p{L})(\p{L}+)\P{L}+\1(?!\p{L})/iu;

/** How likely the generator LM thinks the candidates' texts are, and which are too unlikely, or stutter, and are not to be recommended. */
export class Readability {
  private floor: number | undefined;

  private constructor(
    private readonly likelihood: LikelihoodCapability,
    private readonly written: readonly string[],
  ) {}

  /** None where prompts are not meant to read like language, or nobody has written what they could be held against. */
  static of(
    generator: LanguageModel,
    { priorBeta }: { readonly priorBeta: number },
    { kind, manualPrompts }: { readonly kind: string; readonly manualPrompts: readonly string[] },
  ): Readability | undefined {
    const { likelihood } = generator.capabilities;
    const plain = kind === 'classification' ? PLAIN_PROMPTS : [];
    const written = manualPrompts.length > 0 ? manualPrompts : plain;
    return priorBeta > 0 && likelihood && written.length > 0 ? new Readability(likelihood, written) : undefined;
  }

  /** Notes the fluency of those candidates of the policy that have none yet. */
  async note(candidates: Candidates): Promise<void> {
    const fresh = candidates.withoutFluency();
    if (fresh.length === 0) return;
    this.floor ??= mean(await this.fluencies(this.written)) - TOLERANCE;
    for (const [text, fluency] of zip(fresh, await this.fluencies(fresh))) {
      candidates.noteFluency(text, fluency, { isReadable: fluency >= this.floor && !REPEATED_WORD.test(text) });
    }
  }

  /** Mean log-probability per token, in nats, of texts as they follow a space: [texts]. */
  private async fluencies(texts: readonly string[]): Promise<number[]> {
    const scored = await this.likelihood.textLogProbs(texts.map((text) => ` ${text}`));
    return scored.map(({ logProb, tokenCount }) => logProb / Math.max(1, tokenCount));
  }
}
