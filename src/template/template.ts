/** A piece of a template: literal text, or a slot that is filled for every row. */
export interface TemplatePart {
  readonly kind: 'text' | 'input' | 'prompt' | 'mask';
  /** The literal text of a `text` part; the slot's name otherwise. */
  readonly text: string;
}

/** A checked template: where the prompt, the input and (for masked language models) the mask go. */
export interface Template {
  /** All that the template says; whoever reads it again gets the same one. */
  readonly source: string;
  readonly parts: readonly TemplatePart[];
  readonly hasMask: boolean;
  /** It ends in `{label}`: label words follow as they are written, without a space of their own. */
  readonly hasLabel: boolean;
  /** It begins with `{raw}`: the tokenizer puts nothing around the text, which has its own marks. */
  readonly isRaw: boolean;
  /** It begins with `{system}`: a system message, and after `{user}` the user's. */
  readonly hasSystem: boolean;
}

/** Stands between a system message and the user's in the text of a template that has both; no keyboard writes it. */
export const MESSAGE_BREAK = '\u001e';

/** The literal text after a template's last slot, with which a label word meets. */
export function tailOf({ parts }: Pick<Template, 'parts'>): string {
  const last = parts.at(-1);
  return last?.kind === 'text' ? last.text : '';
}
