declare const safe: unique symbol;

/** Text that cannot drive a terminal: one line, every character visible. Only `safeText` and its like make it. */
export type SafeText = string & { readonly [safe]: true };

/** The most characters any one text may put on the screen, whatever its width. */
const LONGEST = 2000;

// Controls, format characters (bidi, zero width, tags), line separators, lone surrogates, private use, and what
// renders as nothing; then marks stacked so high that they spill over the neighbouring lines.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{3})\p{M}/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

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

/** Text of several lines and columns, every other control made visible; nothing is cut. */
export function safeLines(text: string): string {
  return text.replace(/[^\n\t]+/g, (part) => safeText(part, Number.POSITIVE_INFINITY));
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return SHORT_ESCAPES[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
