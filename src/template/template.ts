/** Contract only at this point: parsing and rendering live beside it. */
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
