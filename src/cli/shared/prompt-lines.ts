import { readFileSync } from 'node:fs';
import { RlpromptError } from '../../errors.js';
import { readOrdinaryText } from '../../files/read-ordinary.js';

/**
 * The lines of a file of prompts, or of stdin. The first line may be the whole of an exported prompt: blanks at its ends
 * belong to it.
 *
 * @throws RlpromptError `E_PROMPTS_FILE`
 */
export function readPromptLines(file: string | 0): string[] {
  try {
    return (file === 0 ? readFileSync(file, 'utf8') : readOrdinaryText(file))
      .split(/\r?\n/)
      .filter((line) => line !== '');
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_PROMPTS_FILE',
      exit: 'missingInput',
      message: `prompts cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: file === 0 ? 'stdin' : file,
      next: 'name a text file with a prompt per line',
      cause,
    });
  }
}
