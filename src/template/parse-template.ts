import { type ErrorCode, nearestWord, RlpromptError } from '../errors.js';
import { MESSAGE_BREAK, type Template, type TemplatePart } from './template.js';

/** Where a template's answer is read: after its end (causal), or at its `{mask}` (masked). */
export type TemplateFamily = 'causal' | 'masked';

type SlotName = 'input' | 'prompt' | 'mask';
/** What stands at an end of a template, and says how it is read. */
type MarkName = 'raw' | 'label' | 'system' | 'user';

const SLOT_NAMES: readonly SlotName[] = ['input', 'prompt', 'mask'];
const NAMES = [...SLOT_NAMES, 'label', 'raw', 'system', 'user'] as const;
const EXAMPLES: Record<TemplateFamily, string> = {
  causal: '{input} {prompt}',
  masked: '{input} {prompt} {mask} .',
};

/**
 * Reads a template: literal text with the slots `{input}`, `{prompt}` and, for masked language models, `{mask}`. A causal
 * one may end in `{label}`, begin with `{raw}`, or have a message each after `{system}` and `{user}`. `{{` and `}}` stand
 * for literal braces. Every needed slot must be there once, or an `E_TEMPLATE_*` says which is not.
 */
export function parseTemplate(source: string, { family }: { family: TemplateFamily }): Template {
  const pieces = splitParts(source, family);
  const hasLabel = pieces.at(-1)?.kind === 'label';
  const isRaw = pieces[0]?.kind === 'raw';
  const hasSystem = pieces[0]?.kind === 'system';
  const middle = pieces.slice(isRaw || hasSystem ? 1 : 0, hasLabel ? -1 : undefined);
  const users = middle.filter(({ kind }) => kind === 'user').length;
  if (users !== (hasSystem ? 1 : 0)) {
    const message = 'a template with messages begins with {system} and has {user} once';
    throw templateError('E_TEMPLATE_MARK', message, source, family);
  }
  const parts = middle.map((piece) => requireSlot(piece, source, family));
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
  if (hasMask && (hasLabel || hasSystem)) {
    const message = `the template has {mask} and ${hasLabel ? '{label}' : '{system}'}, which a masked language model has no use for`;
    throw templateError('E_TEMPLATE_MARK', message, source, family);
  }
  return { source, parts, hasMask, hasLabel, isRaw, hasSystem };
}

/** The template with label words after a space, or right after its end, whatever that end is. */
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

/** A mark in the middle of a template is refused, except the one between two messages. */
function requireSlot({ kind, text }: Piece, source: string, family: TemplateFamily): TemplatePart {
  if (kind === 'user') return { kind: 'text', text: MESSAGE_BREAK };
  if (kind !== 'raw' && kind !== 'label' && kind !== 'system') return { kind, text };
  const place = kind === 'label' ? 'can only end in it' : 'can only begin with it';
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
