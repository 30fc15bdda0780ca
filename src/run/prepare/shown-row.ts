import { givenWords } from '../../classifier/given-words.js';
import { labelSeam } from '../../lm/model/label-seam.js';
import type { LanguageModel } from '../../lm/model/types.js';
import type { Task } from '../../task/types.js';
import { labelText } from '../../template/label-text.js';
import { renderTemplate } from '../../template/render-template.js';
import type { Template } from '../../template/template.js';
import { startingPrompts } from '../select/starting-prompts.js';

/** What a target LM reads for one row, and what it is asked about. */
export interface ShownRow {
  /** With the first hand-written prompt of the task, or a plain one. */
  readonly rendered: string;
  /** UTF-16 units of `rendered` that are tokenised before the label word; what is left over begins the word's tokens. */
  readonly boundary: number;
  /** The text of each label word, with its tokens; none for a service. */
  readonly words: readonly { readonly label: string; readonly text: string; readonly pieces: readonly string[] }[];
}

/** An input of a task as its target LM reads it. */
export function showRow(
  task: Task,
  { tokenizer, family }: Pick<LanguageModel, 'tokenizer' | 'family'>,
  template: Template,
  input: string,
): ShownRow {
  const mask = tokenizer?.maskTokenId === undefined ? {} : { mask: tokenizer.piece(tokenizer.maskTokenId) };
  const prompt = startingPrompts(task).find((text) => text !== '') ?? '';
  const rendered = renderTemplate(template, { input, prompt, ...mask });
  const texts = givenWords(task.labels).flatMap(({ label, words }) =>
    words.map((word) => ({ label, text: family === 'encoder-decoder' ? word : labelText(template, word) })),
  );
  if (tokenizer === undefined || template.hasMask || family === 'encoder-decoder') {
    const words = texts.map((word) => ({ ...word, pieces: tokenizer?.encode(word.text).map(tokenizer.piece) ?? [] }));
    return { rendered, boundary: rendered.length, words };
  }
  const seam = labelSeam(
    tokenizer,
    template,
    texts.map(({ text }) => text),
  );
  const words = texts.map((word) => ({ ...word, pieces: seam.tokens(word.text).map((id) => tokenizer.piece(id)) }));
  return { rendered, boundary: rendered.length - Math.max(0, seam.taken), words };
}
