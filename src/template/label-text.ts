import type { Template, TemplatePart } from './template.js';

/** True where white space stands right before a slot, so that its value starts a new word. */
export function slotIsPrecededBySpace(template: Template, slot: Exclude<TemplatePart['kind'], 'text'>): boolean {
  const index = template.parts.findIndex((part) => part.kind === slot);
  const before = template.parts[index - 1];
  return before !== undefined && before.kind === 'text' && /\s$/.test(before.text);
}

/**
 * A label word as the target LM would write it: after one space in a causal template; in a masked one with a
 * space only where the template has one before `{mask}`.
 */
export function labelText(template: Template, word: string): string {
  const spaced = template.hasMask ? slotIsPrecededBySpace(template, 'mask') : true;
  return spaced ? ` ${word}` : word;
}
