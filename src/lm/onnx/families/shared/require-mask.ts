import { RlpromptError } from '../../../../errors.js';
import type { Tokenizer } from '../../../model/types.js';

export function requireMask(tokenizer: Tokenizer, where: string): number {
  if (tokenizer.maskTokenId !== undefined) return tokenizer.maskTokenId;
  throw new RlpromptError({
    code: 'E_TOKENIZER_NO_MASK',
    exit: 'data',
    message: 'a masked language model, but its tokenizer names no mask token',
    where,
    next: 'add "mask_token" to tokenizer_config.json',
  });
}
