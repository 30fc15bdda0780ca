import { RlpromptError } from '../../../errors.js';

/** A model without an output layer that could be cut off, with what was found and what would work. */
export function cannotCut(where: string, found: string, next?: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_HEAD',
    exit: 'data',
    message: `this model's output layer cannot be cut off: ${found}`,
    where,
    next: next ?? 'use an export that ends in logits = hidden states times one constant matrix (plus a bias)',
  });
}
