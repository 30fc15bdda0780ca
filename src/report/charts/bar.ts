import { type Html, html } from '../html.js';

/** A bar that fills a share of its track; the number it shows stands beside it in the page's text. */
export function bar(share: number | undefined, tone: number): Html | undefined {
  if (share === undefined) return undefined;
  const width = Math.round(1000 * Math.min(1, Math.max(0, share))) / 10;
  return html`<svg class="bar tone-${tone}" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="3"/><rect class="fill" width="${width}%" height="100%" rx="3"/></svg>`;
}
