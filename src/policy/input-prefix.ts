import type { Tokenizer } from '../lm/model/types.js';

export interface PrefixReader {
  readonly tokenizer: Tokenizer;
  readonly startToken: number;
  /** Tokens that the language model can read at once. */
  readonly contextLength: number;
  /** Tokens of the prompt, which have to fit after it. */
  readonly promptLength: number;
}

/**
 * What a policy has read before its first token: the start token, and of the input as many of its first tokens as leave
 * room for the prompt. The start token stands before the input: after it a language model that was trained on one
 * document after the other has all but forgotten the input (docs/how-to/input-conditioned.md).
 */
export function inputPrefix(input: string | undefined, reader: PrefixReader): { tokenIds: number[]; isCut: boolean } {
  const { tokenizer, startToken, contextLength, promptLength } = reader;
  const text = input?.trim() ?? '';
  const tokens = text === '' ? [] : tokenizer.encode(text);
  // The last token of a prompt is chosen, never read.
  const room = Math.max(0, contextLength - promptLength);
  return { tokenIds: [startToken, ...tokens.slice(0, room)], isCut: tokens.length > room };
}
