import { safeText } from '../ui/draw/safe-text.js';

/** Markup that may stand in the page as it is; only `html` and `trustedHtml` make it. */
export class Html {
  constructor(readonly source: string) {}
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Markup with values in it. Texts are escaped for elements and quoted attributes alike, and what would be invisible or
 * turn the reading direction is shown as an escape; `undefined` and `false` leave nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((page, part, i) => page + toSource(values[i - 1]) + part));
}

/** Text that this program itself made and that needs no escaping. */
export function trustedHtml(source: string): Html {
  return new Html(source);
}

/** Data for scripts: no text in it can end the element it stands in. */
export function inlineJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function toSource(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.source;
  if (Array.isArray(value)) return value.map(toSource).join('');
  return safeText(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
