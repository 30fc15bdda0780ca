import * as library from '@huggingface/tokenizers';
import { type Settings, settingsOf, UnsupportedTokenizer } from './definition.js';
import { refuseOtherMeaning, spellShortForms, unreadableSyntax } from './foreign-syntax.js';
import { spellCases } from './ignored-case.js';
import { inUnicode16 } from './older-unicode.js';
import { markPossessive, resolvePossessive } from './possessive.js';

/** The library rewrites Oniguruma's expressions for JavaScript. Its type declarations do not resolve under NodeNext. */
const { SplitPreTokenizer } = library as unknown as {
  readonly SplitPreTokenizer: new (settings: Settings) => { readonly pattern: RegExp | null };
};

/** A range of a text, and whether the pattern matched there. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly isMatch: boolean;
}

/** Cuts a text completely into matches and what is between them. */
export type FindSpans = (text: string) => Span[];

/** The spans of a pattern in a tokenizer.json: `{String}` or `{Regex}`, which is one of Oniguruma. */
export function patternSpans(value: unknown): FindSpans {
  const pattern = settingsOf(value) ?? {};
  const expression = expressionOf(pattern);
  if (typeof pattern.Regex === 'string') return expressionSpans(expression);
  return (text) => matchSpans(text.matchAll(expression), text);
}

/** A pattern as a JavaScript expression with the flags g and u. */
export function expressionOf(pattern: Settings): RegExp {
  if (typeof pattern.String === 'string') return new RegExp(escapeExpression(pattern.String), 'gu');
  if (typeof pattern.Regex !== 'string') throw new UnsupportedTokenizer('a pattern is neither a String nor a Regex');
  const regex = pattern.Regex;
  refuseOtherMeaning(regex);
  try {
    return rewriteExpression(markPossessive(spellCases(spellShortForms(regex))));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw unreadableSyntax(regex, cause);
    throw cause;
  }
}

function rewriteExpression(source: string): RegExp {
  const split = { type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: true };
  const { pattern: expression } = new SplitPreTokenizer(split);
  if (!expression) throw new SyntaxError('there is no expression');
  return new RegExp(resolvePossessive(expression.source), expression.flags);
}

export function expressionSpans(expression: RegExp): FindSpans {
  return (text) => matchSpans(inUnicode16(text).matchAll(expression), text);
}

/** An empty match right after another match is none, as in Oniguruma's iterator; nor is one within a character or in no text. */
function matchSpans(matches: Iterable<RegExpExecArray>, text: string): Span[] {
  if (text === '') return [];
  const spans: Span[] = [];
  let done = 0;
  let lastEnd = -1;
  for (const match of matches) {
    const start = match.index;
    const end = start + match[0].length;
    if (start === end && (end === lastEnd || isWithinCharacter(text, start))) continue;
    if (done < start) spans.push({ start: done, end: start, isMatch: false });
    spans.push({ start, end, isMatch: true });
    done = end;
    lastEnd = end;
  }
  if (done < text.length) spans.push({ start: done, end: text.length, isMatch: false });
  return spans;
}

/** JavaScript finds a lookbehind between the two halves of a character. */
function isWithinCharacter(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

/** Each character that fits is a match by itself. */
export function characterSpans(fits: (character: string) => boolean): FindSpans {
  return (text) => {
    const spans: Span[] = [];
    let done = 0;
    let at = 0;
    for (const character of text) {
      const end = at + character.length;
      if (fits(character)) {
        if (done < at) spans.push({ start: done, end: at, isMatch: false });
        spans.push({ start: at, end, isMatch: true });
        done = end;
      }
      at = end;
    }
    if (done < text.length) spans.push({ start: done, end: text.length, isMatch: false });
    return spans;
  };
}

export function inverted(find: FindSpans): FindSpans {
  return (text) => find(text).map((span) => ({ ...span, isMatch: !span.isMatch }));
}

export function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
