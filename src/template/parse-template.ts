import { type ErrorCode, nearestWord, RlpromptError } from '../errors.js';
import type { Template, TemplatePart } from './template.js';

/** Where a template's answer is read: after its end (causal), or at its `{mask}` (masked). */
export type TemplateFamily = 'causal' | 'masked';

type SlotName = 'input' | 'prompt' | 'mask';
/** What stands at an end of a template, and says how it is read. */
type MarkName = 'raw' | 'label';

const SLOT_NAMES: readonly SlotName[] = ['input', 'prompt', 'mask'];
const NAMES = [...SLOT_NAMES, 'label', 'raw'] as const;
const EXAMPLES: Record<TemplateFamily, string> = {
  causal: '{input} {prompt}',
  masked: '{input} {prompt} {mask} .',
};

/**
 * Reads a template: literal text with the slots `{input}`, `{prompt}` and, for masked language models, `{mask}`.
 * A causal one may end in `{label}`, and begin with `{raw}`. `{{` and `}}` stand for literal braces. Every needed slot must
 * be there once, or an `E_TEMPLATE_*` says which is not.
 */
export function parseTemplate(source: string, { family }: { family: TemplateFamily }): Template {
  const pieces = splitParts(source, family);
  const hasLabel = pieces.at(-1)?.kind === 'label';
  const isRaw = pieces[0]?.kind === 'raw';
  const parts = pieces
    .slice(isRaw ? 1 : 0, hasLabel ? -1 : undefined)
    .map((piece) => requireSlot(piece, source, family));
  const slots = parts.filter((part) => part.kind !== 'text').map((part) => part.kind as SlotName);
  for (const name of SLOT_NAMES) {
    const count = slots.filter((slot) => slot === name).length;
    if (count > 1) {
      throw templateError(
        'E_TEMPLATE_DOUBLED_SLOT',
        `the slot {${name}} stands ${count} times, once is expected`,
        source,
        family,
      );
    }
    if (count === 0 && (name !== 'mask' || family === 'masked')) {
      const why = name === 'mask' ? ', which a masked language model needs' : '';
      throw templateError('E_TEMPLATE_MISSING_SLOT', `the template lacks {${name}}${why}`, source, family);
    }
  }
  if (family === 'causal' && slots.includes('mask')) {
    const message = 'the template has {mask}, but a causal language model answers after the end of the text';
    throw templateError('E_TEMPLATE_MASK_IN_CAUSAL', message, source, family);
  }
  const hasMask = slots.includes('mask');
  if (hasMask && hasLabel) {
    const message = 'the template has {mask} and {label}, but the answer of a masked language model stands at {mask}';
    throw templateError('E_TEMPLATE_LABEL', message, source, family);
  }
  return { source, parts, hasMask, hasLabel, isRaw };
}

/** The template with label words after a space, or right behind its end, whatever that end is. */
export function withLabelSpace(template: Template, isSpaced: boolean): Template {
  if (template.hasLabel) return template;
  const source = `${template.source}${isSpaced ? ' ' : ''}{label}`;
  return parseTemplate(source, { family: template.hasMask ? 'masked' : 'causal' });
}

/** The template used when neither the task nor the user gives one. */
export function defaultTemplate(family: TemplateFamily): Template {
  return parseTemplate(EXAMPLES[family], { family });
}

interface Piece {
  readonly kind: TemplatePart['kind'] | MarkName;
  readonly text: string;
}

/** A mark in the middle of a template is refused. */
function requireSlot({ kind, text }: Piece, source: string, family: TemplateFamily): TemplatePart {
  if (kind !== 'raw' && kind !== 'label') return { kind, text };
  const place = kind === 'raw' ? 'can only begin with it' : 'can only end in it';
  throw templateError(
    'E_TEMPLATE_MARK',
    `{${kind}} is in the middle of the template; a template ${place}`,
    source,
    family,
  );
}

function splitParts(source: string, family: TemplateFamily): Piece[] {
  const parts: Piece[] = [];
  let text = '';
  for (const [piece] of source.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (piece === '{' || piece === '}') {
      const message = `a lone ${piece} in the template; write ${piece}${piece} for a literal brace`;
      throw templateError('E_TEMPLATE_BRACE', message, source, family);
    }
    if (piece === '{{' || piece === '}}') text += piece[0];
    else if (!piece.startsWith('{')) text += piece;
    else {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      const name = slotName(piece.slice(1, -1), source, family);
      parts.push({ kind: name, text: name });
    }
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

function slotName(written: string, source: string, family: TemplateFamily): SlotName | MarkName {
  const known = NAMES.find((name) => name === written);
  if (known !== undefined) return known;
  const near = nearestWord(written.trim(), NAMES);
  const hint = near === undefined ? 'the slots are {input}, {prompt}, {mask}, {label}' : `did you mean {${near}}?`;
  throw templateError('E_TEMPLATE_UNKNOWN_SLOT', `unknown slot {${written}} in the template; ${hint}`, source, family);
}

function templateError(
  code: ErrorCode & `E_TEMPLATE_${string}`,
  message: string,
  source: string,
  family: TemplateFamily,
): RlpromptError {
  return new RlpromptError({
    code,
    exit: 'config',
    message,
    where: `template ${JSON.stringify(source)}`,
    next: `for a ${family} language model write for instance --template ${JSON.stringify(EXAMPLES[family])}`,
  });
}
