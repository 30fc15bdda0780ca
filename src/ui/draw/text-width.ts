import stringWidth from 'string-width';
import type { SafeText } from './safe-text.js';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

// Western letters, punctuation, lines and braille dots: all one column wide. Measuring the rest is slow.
const NARROW = /^[ -~¡-¬®-ſ–—‘’“”•…›★─-▟⠀-⣿]*$/;

/** Columns the text takes in a terminal. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** The text in at most `width` columns, an ellipsis in place of what does not fit. */
export function cutToWidth(text: SafeText, width: number): SafeText {
  if (width <= 0) return '' as SafeText;
  // A column holds at most a handful of code units; measuring megabytes would stall the screen.
  const near = text.slice(0, 16 * width) as SafeText;
  if (near.length === text.length && widthOf(near) <= width) return near;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(near)) {
    const next = used + widthOf(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept.replace(CUT_ESCAPE, '')}…` as SafeText;
}

/** The text in at most `width` columns, an ellipsis in its middle: of a path, the beginning and the end tell most. */
export function cutMiddle(text: SafeText, width: number): SafeText {
  if (widthOf(text) <= width) return text;
  const start = cutToWidth(text, Math.ceil(width / 2));
  let end = '';
  for (const { segment } of [...graphemes.segment(text)].reverse()) {
    if (widthOf(start) + widthOf(end) + widthOf(segment) > width) break;
    end = segment + end;
  }
  return `${start}${end}` as SafeText;
}

/** The beginning of an escape that `safeText` made: half of one says something else. */
const CUT_ESCAPE = /\\(?:x[0-9a-f]?|u(?:\{[0-9a-f]*)?)?$/;

/** Exactly `width` columns: cut or filled with spaces, on the left where `align` is `right`. */
export function fitToWidth(text: SafeText, width: number, align: 'left' | 'right' = 'left'): SafeText {
  const cut = cutToWidth(text, width);
  const filler = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return (align === 'left' ? cut + filler : filler + cut) as SafeText;
}
