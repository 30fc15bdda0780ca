import { editWords } from '../../classifier/edit-words.js';
import { readText } from '../../config/files/read-text.js';
import { RlpromptError } from '../../errors.js';
import type { ReadPrompt } from '../../evaluate.js';

export interface WordOptions {
  /** `LABEL=WORD|WORD,…`, as a verbalizer is typed. */
  readonly words?: string;
  /** Words between commas. */
  readonly withoutWords?: string;
}

/**
 * A run's prompt as it is read by other words. Offsets say nothing of those: they are measured again.
 * @param found undefined where nothing of a run is scored
 * @throws RlpromptError E_WORD_EDIT
 */
export function withEditedWords(found: ReadPrompt | undefined, options: WordOptions): ReadPrompt | undefined {
  const { words, withoutWords } = options;
  if (words === undefined && withoutWords === undefined) return found;
  if (!found?.reading) {
    throw new RlpromptError({
      code: 'E_WORD_EDIT',
      exit: 'usage',
      message: 'there are no words of a run to change',
      where: words === undefined ? '--without-words' : '--words',
      next: 'rlprompt eval RUN, with the folder of a run that classifies',
    });
  }
  const { prompt, reading } = found;
  const edits = {
    words: words === undefined ? undefined : readPairs(words),
    without: withoutWords?.split(',').map((word) => word.trim()),
  };
  return { prompt, reading: { ...reading, words: editWords(reading.words, edits) } };
}

function readPairs(text: string): Readonly<Record<string, string>> {
  const pairs = readText('record', text);
  return typeof pairs === 'string' ? { [text]: '' } : (pairs as Readonly<Record<string, string>>);
}
