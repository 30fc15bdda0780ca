import type { Template, TemplatePart } from './template.js';

export interface TemplateValues {
  readonly input: string;
  /** '' is the empty prompt. */
  readonly prompt: string;
  /** The mask token as the masked language model spells it. */
  readonly mask?: string;
}

/**
 * Puts input, prompt and mask into a template. Input and prompt are trimmed; an empty one takes one of the spaces
 * around it along, so that `{input} {prompt}` without a prompt is the input alone. All else is kept as it is written.
 */
export function renderTemplate(template: Template, values: TemplateValues): string {
  return renderSegments(template, values)
    .map((segment) => segment.text)
    .join('');
}

/**
 * The pieces that `renderTemplate` joins, one a part of the template and in its order: whoever must cut a text to
 * fit a context cuts the piece of kind `input` and leaves prompt and mask whole.
 */
export function renderSegments(template: Template, values: TemplateValues): TemplatePart[] {
  const segments = template.parts.map((part) => ({ kind: part.kind, text: slotText(part, values) }));
  segments.forEach((segment, index) => {
    if (segment.text === '' && segment.kind !== 'text') closeGap(segments, index, template);
  });
  return segments;
}

function slotText(part: TemplatePart, values: TemplateValues): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'mask') return values.mask ?? '';
  return values[part.kind].trim();
}

type Segment = { kind: TemplatePart['kind']; text: string };

/**
 * Takes away one white-space character beside an empty slot where there would be two; a line break outlives a space.
 * A slot at the end takes what is before it, which only kept it apart.
 */
function closeGap(segments: Segment[], index: number, { isRaw }: Template): void {
  const before = segments.slice(0, index).findLast((segment) => segment.text !== '');
  const after = segments.slice(index + 1).find((segment) => segment.text !== '' || segment.kind !== 'text');
  if (before !== undefined && before.kind !== 'text') return;
  if (after === undefined) {
    if (before !== undefined) before.text = before.text.trimEnd();
    return;
  }
  if (after.kind !== 'text') return;
  if (isRaw && MARK_BEGINS.test(after.text)) {
    if (before !== undefined) before.text = before.text.replace(/[ \t]$/, '');
    return;
  }
  if (!/^\s/.test(after.text)) return;
  if (before !== undefined && /[ \t]$/.test(before.text)) before.text = before.text.slice(0, -1);
  else if (before === undefined || /\s$/.test(before.text) || (isRaw && MARK_ENDS.test(before.text)))
    after.text = after.text.slice(1);
}

/** Marks of a chat format, such as `<|im_end|>` and `[/INST]`: the blank beside an empty slot belongs to the message. */
const MARK_BEGINS = /^[<[]/;
const MARK_ENDS = /[>\]]$/;
