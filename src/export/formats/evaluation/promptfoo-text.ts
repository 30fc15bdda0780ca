import type { RenderedPart } from '../../contract/exported-prompt.js';
import { stringLiteral, toJinja } from '../../text/jinja.js';

/**
 * A prompt as promptfoo takes it. One line that holds `/`, `*`, `\\` or a dot near its end is a path to it; a line break says that it is a text, and
 * the tag behind it takes the line break away.
 */
export function promptfooPrompt(parts: readonly RenderedPart[]): string {
  return `\n${toJinja(parts, tagless).replace('{{', '{{-')}`;
}

/**
 * A value as promptfoo takes it: it renders values as templates, too, and reads files that they name. So where a text could be taken for either, it is
 * written as a string in a tag.
 */
export function promptfooValue(text: string): string {
  const isPlain = !/\{[{%#]|#\}|^(?:file|package):|\n$/.test(text);
  return isPlain ? text : `{{ ${tagless(text)} }}`;
}

/** It looks line by line whether a tag stays open, and leaves the whole text unrendered then; such line breaks cannot be escaped. */
export function splitsLines(text: string): boolean {
  return /[\u2028\u2029]/.test(text);
}

/** A string in which nothing begins a tag: Nunjucks drops a backslash before any other character. */
function tagless(text: string): string {
  return stringLiteral(text).replace(/\{(?=[{%#])/g, '{\\');
}
