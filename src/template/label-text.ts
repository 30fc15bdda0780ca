import { type Template, type TemplatePart, tailOf } from './template.js';

/** What a word follows without a space: a blank, an opening bracket, a script that has no spaces, and its punctuation. */
const NO_SPACE_AFTER =
  /[\s\p{Ps}\p{Pi}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\u3000-\u303f\uff00-\uffef]$/u;
const SPACELESS_WORD = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** True where white space stands right before a slot, so that its value starts a new word. */
export function slotIsPrecededBySpace(template: Template, slot: Exclude<TemplatePart['kind'], 'text'>): boolean {
  const index = template.parts.findIndex((part) => part.kind === slot);
  const before = template.parts[index - 1];
  return before !== undefined && before.kind === 'text' && /\s$/.test(before.text);
}

/**
 * A label word as the target LM would write it. A template that ends in `{label}` says what stands before the word. Any
 * other causal one has it after a space, except where its end or, after a slot, the word itself calls for none; a masked
 * one has a space only where it has one before `{mask}`.
 */
export function labelText(template: Template, word: string): string {
  return isSpaced(template, word) ? ` ${word}` : word;
}

function isSpaced(template: Template, word: string): boolean {
  if (template.hasMask) return slotIsPrecededBySpace(template, 'mask');
  if (template.hasLabel) return false;
  const tail = tailOf(template);
  return tail === '' ? !SPACELESS_WORD.test(word) : !NO_SPACE_AFTER.test(tail);
}
