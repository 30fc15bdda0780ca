import { UnsupportedTokenizer } from './definition.js';
import { atomAt } from './possessive.js';

/** A line break of any system; the two characters of Windows are never taken apart. */
const LINE_BREAK = String.raw`(?>\r\n|[\n\v\f\r\x85\u2028\u2029])`;

/** Spells out what Oniguruma has a short form for: `\R`, `\N`, `\O`, `\p{^L}` and comments. */
export function spellShortForms(source: string): string {
  let spelled = '';
  for (let at = 0; at < source.length; ) {
    const comment = /^\(\?#[^)]*\)/.exec(source.slice(at))?.[0];
    const atom = comment ?? atomAt(source, at);
    at += atom.length;
    if (comment !== undefined) continue;
    spelled +=
      SHORT_FORMS.get(atom) ?? atom.replaceAll(/\\([pP])\{\^/g, (_, letter) => (letter === 'p' ? '\\P{' : '\\p{'));
  }
  return spelled;
}

const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['\\R', LINE_BREAK],
  ['\\N', '[^\\n]'],
  ['\\O', '[\\s\\S]'],
]);

/**
 * Refuses what JavaScript reads in another way than Oniguruma, or would match at other places.
 *
 * @throws UnsupportedTokenizer that says what it is
 */
export function refuseOtherMeaning(source: string): void {
  let lookbehind = 0;
  const groups: boolean[] = [];
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const atom = atomAt(source, at);
    if (atom === '\\G' || atom === '\\B') throw foreign(source, atom);
    const times = /^\{\d+\}\?/.exec(rest)?.[0];
    if (times !== undefined) throw foreign(source, times);
    // A lookbehind is matched from its end in JavaScript, where the stand-ins for these would match nothing.
    const keeps = /^(?:\(\?>|[*+?]\+|\\R)/.exec(rest)?.[0];
    if (lookbehind > 0 && keeps !== undefined) throw foreign(source, keeps);
    if (atom === '(') {
      const isLookbehind = /^\(\?<[=!]/.test(rest);
      groups.push(isLookbehind);
      if (isLookbehind) lookbehind++;
    }
    if (atom === ')' && groups.pop()) lookbehind--;
    at += atom.length;
  }
}

/** A pattern that JavaScript does not take, with what is most likely the reason. */
export function unreadableSyntax(source: string, cause: unknown): UnsupportedTokenizer {
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const found = FOREIGN.map((expression) => expression.exec(rest)?.[0]).find((part) => part !== undefined);
    if (found !== undefined) return foreign(source, found, cause);
    const atom = atomAt(source, at);
    const member = atom.startsWith('[') ? /\[:\^?(?:ascii|graph|print):\]|\\R/.exec(atom)?.[0] : unknownProperty(atom);
    if (member !== undefined) return foreign(source, member, cause);
    at += atom.length;
  }
  return foreign(source, undefined, cause);
}

const FOREIGN: readonly RegExp[] = [
  /^\\(?:[XKyYgQELUlijqoCM]|0\d+|\d{3})/,
  /^\\[pP](?!\{)./,
  // A group that is neither plain, named, atomic, a look nor one that ignores case.
  /^\(\?(?!:|=|!|>|<[=!]|<[A-Za-z_]\w*>|i:)[^:)]*[:)]?/,
  /^(?:[*+?]|\{\d*,?\d*\})(?:\*|\?\?|\{)/,
];

function unknownProperty(atom: string): string | undefined {
  const name = /^\\[pP]\{([^}]*)\}$/.exec(atom)?.[1];
  if (name === undefined) return undefined;
  return [name, `Script=${name}`].some(isProperty) ? undefined : atom;
}

function isProperty(name: string): boolean {
  try {
    new RegExp(`\\p{${name}}`, 'u');
    return true;
  } catch {
    return false;
  }
}

function foreign(source: string, part: string | undefined, cause?: unknown): UnsupportedTokenizer {
  const because = part === undefined ? '' : `, because of ${part}`;
  return new UnsupportedTokenizer(
    `the pattern ${JSON.stringify(source)} cannot be matched as the Python library does${because}`,
    { cause },
  );
}
