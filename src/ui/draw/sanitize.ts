import stringWidth from 'string-width';

declare const safe: unique symbol;

/** Text that cannot drive a terminal: one line, every character visible. Only `safeText` and its like make it. */
export type SafeText = string & { readonly [safe]: true };

/** The most characters any one text may put on the screen, whatever its width. */
const LONGEST = 2000;

// Controls, format characters (bidi, zero width, tags), line separators, lone surrogates, private use, and what
// renders as nothing; then marks stacked so high that they spill over the neighbouring lines.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{3})\p{M}/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Makes text from a model, a file or a user fit to be drawn: control, bidi and zero-width characters become visible
 * escapes (`\x1b`, `\u{202e}`), spaces of other kinds plain ones, and very long text is cut.
 */
export function safeText(text: unknown, longest = LONGEST): SafeText {
  const raw = typeof text === 'string' ? text : String(text);
  const cut = raw.length > longest ? `${raw.slice(0, longest)}…` : raw;
  return cut.replace(INVISIBLE, escapeCharacter).replace(/\p{Zs}/gu, ' ') as SafeText;
}

/** A template literal whose every value is made safe. */
export function safeLine(strings: TemplateStringsArray, ...values: readonly unknown[]): SafeText {
  return strings.reduce((line, part, i) => line + safeText(values[i - 1]) + part) as SafeText;
}

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

/** The beginning of an escape that `safeText` made: half of one says something else. */
const CUT_ESCAPE = /\\(?:x[0-9a-f]?|u(?:\{[0-9a-f]*)?)?$/;

/** Exactly `width` columns: cut or filled with spaces, on the left where `align` is `right`. */
export function fitToWidth(text: SafeText, width: number, align: 'left' | 'right' = 'left'): SafeText {
  const cut = cutToWidth(text, width);
  const filler = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return (align === 'left' ? cut + filler : filler + cut) as SafeText;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return SHORT_ESCAPES[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
