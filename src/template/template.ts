/** A piece of a template: literal text, or a slot that is filled for every row. */
export interface TemplatePart {
  readonly kind: 'text' | 'input' | 'prompt' | 'mask';
  /** The literal text of a `text` part; the slot's name otherwise. */
  readonly text: string;
}

/** A checked template: where the prompt, the input and (for masked language models) the mask go. */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
  readonly hasMask: boolean;
}
