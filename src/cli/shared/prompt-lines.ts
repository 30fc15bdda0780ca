import { RlpromptError } from '../../errors.js';
import { utf8Text } from '../../files/read/read-file.js';
import { readOrdinary } from '../../files/read-ordinary.js';
import { readStdin } from './read-stdin.js';

/**
 * The lines of a file of prompts, or of stdin. The first line may be the whole of an exported prompt: blanks at its ends
 * belong to it.
 *
 * @throws RlpromptError `E_PROMPTS_FILE`
 */
export async function readPromptLines(source: string | NodeJS.ReadStream): Promise<string[]> {
  const lines = await readLines(source);
  if (lines.length > 0 || typeof source !== 'string') return lines;
  throw new RlpromptError({
    code: 'E_PROMPTS_FILE',
    exit: 'data',
    message: 'there is no prompt in the file',
    where: source,
    next: 'name a text file with a prompt per line',
  });
}

async function readLines(source: string | NodeJS.ReadStream): Promise<string[]> {
  try {
    const bytes = typeof source === 'string' ? readOrdinary(source) : await readStdin(source);
    return utf8Text(bytes)
      .split(/\r?\n/)
      .filter((line) => line !== '');
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_PROMPTS_FILE',
      exit: 'missingInput',
      message: `prompts cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: typeof source === 'string' ? source : 'stdin',
      next: 'name a text file with a prompt per line',
      cause,
    });
  }
}
