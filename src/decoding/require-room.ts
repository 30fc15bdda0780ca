import { RlpromptError } from '../errors.js';
import type { Tokenizer } from '../lm/model/types.js';

/** What a model reads at once. */
export interface ContextRoom {
  readonly tokenizer: Pick<Tokenizer, 'encode'>;
  readonly contextLength: number;
}

/**
 * Refuses texts that may grow beyond the context, before one is drawn. The start token is read and the last token is not, so
 * a prefix and all that is drawn after it have to fit.
 *
 * @throws RlpromptError `E_CONTEXT_LENGTH` for the first prefix that is too long
 */
export function requireRoom(
  { tokenizer, contextLength }: ContextRoom,
  prefixes: readonly string[],
  maxTokens: number,
): void {
  for (const prefix of prefixes) {
    const length = tokenizer.encode(prefix).length;
    if (length + maxTokens <= contextLength) continue;
    const room = contextLength - length;
    const shorter = 'a shorter prefix, or a model with a longer context';
    throw new RlpromptError({
      code: 'E_CONTEXT_LENGTH',
      exit: 'data',
      message: `the prefix takes ${length} tokens and --tokens is ${maxTokens}, the model's context is ${contextLength}`,
      where: JSON.stringify(prefix.slice(0, 60)),
      kept: 'nothing was drawn',
      next: room > 0 ? `--tokens ${room} at most, or ${shorter}` : shorter,
    });
  }
}
