import { UnsupportedTokenizer } from './definition.js';
import { atomAt } from './possessive.js';

/** Small letters that have one more spelling in Oniguruma: the long s and the Kelvin sign. */
const MORE: Readonly<Record<string, string>> = { s: '\u017f', k: '\u212a' };
/** Letters that a ligature or ß stands for, too. */
const JOINED = /ss|st|ff|fi|fl/i;
const WHOLE = '(?i)';
const CASED_CLASS = /\\[pP]\{\^?(?:Lu|Ll|Lt|Upper|Lower)/i;

/**
 * Spells out the groups `(?i:…)` of an Oniguruma expression, and a `(?i)` that it begins with, which Node 20 has no
 * syntax for: `(?i:'s)` becomes `(?:'[sSſ])`.
 *
 * @throws UnsupportedTokenizer for letters whose other spellings are not known here
 */
export function spellCases(source: string): string {
  let spelled = '';
  const isWhole = source.startsWith(WHOLE);
  const groups: boolean[] = isWhole ? [true] : [];
  for (let at = isWhole ? WHOLE.length : 0; at < source.length; ) {
    const ignores = groups.at(-1) === true;
    if (source.startsWith('(?i:', at)) {
      groups.push(true);
      spelled += '(?:';
      at += 4;
      continue;
    }
    const atom = atomAt(source, at);
    if (atom === '(') groups.push(ignores);
    if (atom === ')') groups.pop();
    if (ignores && JOINED.test(source.slice(at, at + 2))) throw unknownCase(source);
    spelled += ignores ? spellAtom(atom, source) : atom;
    at += atom.length;
  }
  return spelled;
}

function spellAtom(atom: string, source: string): string {
  if (/^[a-z]$/i.test(atom)) return `[${spellings(atom)}]`;
  if (CASED_CLASS.test(atom) || /[^\0-\x7f]/.test(atom)) throw unknownCase(source);
  if (!atom.startsWith('[')) return atom;
  if (/\[:|&&|.\[/.test(atom)) throw unknownCase(source);
  const members = atom.slice(0, -1).replace(/\\[pP]\{[^}]*\}|\\.|[a-z]-[a-z]|[a-z]/gi, (member) => {
    if (member.startsWith('\\')) return member;
    if (member.length === 1) return spellings(member);
    const [first = '', last = ''] = member.toLowerCase().split('-');
    const more = Object.entries(MORE).flatMap(([letter, sign]) => (first <= letter && letter <= last ? [sign] : []));
    return `${first}-${last}${first.toUpperCase()}-${last.toUpperCase()}${more.join('')}`;
  });
  return `${members}]`;
}

function spellings(letter: string): string {
  const small = letter.toLowerCase();
  return small + small.toUpperCase() + (MORE[small] ?? '');
}

function unknownCase(source: string): UnsupportedTokenizer {
  return new UnsupportedTokenizer(
    `the pattern ${JSON.stringify(source)} ignores the case of letters that are not plain`,
  );
}
