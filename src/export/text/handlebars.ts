import type { RenderedPart } from '../contract/exported-prompt.js';
import { joinParts, mergeParts, slotOf, VARIABLES } from './rendered-parts.js';

/**
 * A Handlebars template that renders to the parts exactly where nothing is HTML-escaped: literals are string
 * parameters, because their text could hold tags. A string there knows no escape but `\"` and so cannot end in a
 * backslash; outside of strings the last backslash before a tag is lost.
 */
export function toHandlebars(parts: readonly RenderedPart[]): string {
  return joinParts(parts, literal, { input: `{{${VARIABLES.input}}}`, mask: `{{${VARIABLES.mask}}}` });
}

/** The parts of a template that `toHandlebars` made. */
export function readHandlebars(template: string): RenderedPart[] {
  const pieces = template.matchAll(/\{\{#with "((?:\\"|[^"])*)"\}\}\{\{this\}\}\{\{\/with\}\}|\{\{(\w+)\}\}|\\(\\+)/g);
  return mergeParts(
    Array.from(pieces, ([, text, variable, backslashes = '']) =>
      variable === undefined ? (text?.replaceAll('\\"', '"') ?? backslashes) : slotOf(variable),
    ),
  );
}

function literal(text: string): string {
  const [backslashes = ''] = /\\*$/.exec(text) ?? [];
  const body = text.slice(0, text.length - backslashes.length);
  const asString = body === '' ? '' : `{{#with "${body.replaceAll('"', '\\"')}"}}{{this}}{{/with}}`;
  return backslashes === '' ? asString : `${asString}\\${backslashes}{{!}}`;
}
