import type { RenderedPart } from '../contract/exported-prompt.js';
import { joinParts, mergeParts, slotOf, VARIABLES } from './rendered-parts.js';

/**
 * A Jinja2 or Nunjucks template that renders to the parts exactly: literals are string expressions, because their
 * text could hold tags, and Jinja2 changes line breaks and drops the last one of what stands outside of expressions.
 */
export function toJinja(parts: readonly RenderedPart[], literal: (text: string) => string = stringLiteral): string {
  const slots = { input: `{{ ${VARIABLES.input} | trim }}`, mask: `{{ ${VARIABLES.mask} }}` };
  return joinParts(parts, (text) => `{{ ${literal(text)} }}`, slots);
}

/** The parts of a template that `toJinja` made; what stands outside of expressions is no part. */
export function readJinja(template: string): RenderedPart[] {
  const expression = /\{\{-? (?:"((?:[^"\\]|\\.)*)"|(\w+)(?: \| trim)?) \}\}/gs;
  const parts = Array.from(template.matchAll(expression), ([, text, variable = '']) =>
    text === undefined ? slotOf(variable) : unescapeText(text),
  );
  return mergeParts(parts);
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** Only the escapes that Jinja2 and Nunjucks have in common. */
export function stringLiteral(text: string): string {
  return `"${text.replace(/[\n\r\t"\\]/g, (character) => ESCAPES[character] ?? character)}"`;
}

function unescapeText(text: string): string {
  const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return text.replace(/\\(.)/g, (_, character: string) => controls[character] ?? character);
}
