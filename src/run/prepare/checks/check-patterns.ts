import type { LanguageModel } from '../../../lm/model/types.js';
import type { Task } from '../../../task/types.js';

/**
 * Tries tokenizers on a text that is longer than any row with a prompt. A pattern that takes twice as long with each character
 * may bear the rows alone, and would then hang in a step, when scores have been paid for.
 *
 * @throws RlpromptError `E_TOKENIZER_HANG`
 */
export function checkPatterns(models: readonly LanguageModel[], { splits }: Pick<Task, 'splits'>): void {
  const texts = Object.values(splits).flatMap((rows) => rows.map(({ text }) => text));
  const longest = texts.reduce((one, other) => (other.length > one.length ? other : one), '');
  for (const { tokenizer } of models) tokenizer?.encode(`${longest} ${longest}`);
}
