import { RlpromptError } from '../../errors.js';

/** A file that is not a whole GGUF file, or contradicts itself. */
export function damaged(what: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_GGUF',
    exit: 'data',
    message: `not a whole GGUF file: ${what}`,
    where,
    next: 'download the file again',
  });
}

/** A whole GGUF file that holds something this program does not run. */
export function unsupported(what: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_GGUF_UNSUPPORTED',
    exit: 'data',
    message: what,
    where,
    next: 'use a file that docs/reference/models.md lists, or serve the model and name it openai:MODEL with --endpoint',
  });
}
