import { startTokenOf } from '../../lm/model/types.js';
import { inputPrefix } from '../../policy/input-prefix.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';

/** What the generator LM reads before the first token of a prompt: its start token, and a context or an input. */
export class PromptPrefix {
  private readonly contextTokens: readonly number[];

  /** @param given tokens that every prompt begins with */
  constructor(
    private readonly generator: Generator,
    private readonly settings: Pick<TrainerSettings, 'context' | 'promptLength'>,
    private readonly given: number,
  ) {
    this.contextTokens = settings.context === undefined ? [] : generator.tokenizer.encode(settings.context.join('\n'));
  }

  of(input: string | undefined): { tokenIds: number[]; isCut: boolean } {
    const { tokenizer, contextLength = Number.POSITIVE_INFINITY } = this.generator;
    const { promptLength } = this.settings;
    if (this.contextTokens.length > 0) return this.ofContext(contextLength - promptLength - this.given);
    return inputPrefix(input, { tokenizer, startToken: this.startToken, contextLength, promptLength });
  }

  /** The end of the context matters most: what does not fit is cut from its beginning. */
  private ofContext(room: number): { tokenIds: number[]; isCut: boolean } {
    const isCut = this.contextTokens.length > room;
    const kept = isCut ? this.contextTokens.slice(-Math.max(1, room)) : this.contextTokens;
    return { tokenIds: [this.startToken, ...kept], isCut };
  }

  private get startToken(): number {
    return startTokenOf(this.generator.tokenizer);
  }
}
