/**
 * JavaScript has neither possessive quantifiers nor atomic groups, which give nothing back once they have matched. A
 * lookahead with a reference to what it matched does the same: `a++` becomes `(?:(?=(?<p0>a+))\k<p0>)`.
 */

/** Marks them in an Oniguruma expression by named groups, which a rewriting for JavaScript keeps. */
export function markPossessive(source: string): string {
  let marked = '';
  let atom = 0;
  let count = 0;
  const groups: { readonly start: number; readonly number: number | undefined }[] = [];
  for (let at = 0; at < source.length; ) {
    const character = source.charAt(at);
    const quantifier = /^(?:[*+?]\+)/.exec(source.slice(at));
    if (quantifier && marked.length > atom) {
      marked = `${marked.slice(0, atom)}(?:(?<p${count}>${marked.slice(atom)}${character})(?<q${count}>))`;
      count++;
      at += 2;
    } else if (source.startsWith('(?>', at)) {
      groups.push({ start: marked.length, number: count });
      marked += `(?:(?<p${count}>`;
      count++;
      at += 3;
    } else if (character === '(') {
      groups.push({ start: marked.length, number: undefined });
      const prefix = /^\((?:\?(?:<[=!]|<[A-Za-z_]\w*>|[a-z]*:|[=!]))?/.exec(source.slice(at))?.[0] ?? '(';
      marked += prefix;
      at += prefix.length;
      atom = marked.length;
    } else if (character === ')') {
      const group = groups.pop();
      marked += group?.number === undefined ? ')' : `)(?<q${group.number}>))`;
      atom = group?.start ?? marked.length;
      at++;
    } else if (/[*+?|]/.test(character)) {
      marked += character;
      at++;
      if (character === '|') atom = marked.length;
    } else {
      const text = atomAt(source, at);
      // A quantifier in braces belongs to the atom before it.
      if (!/^\{\d*,?\d*\}$/.test(text)) atom = marked.length;
      marked += text;
      at += text.length;
    }
  }
  return marked;
}

/** Turns the marks into lookaheads. */
export function resolvePossessive(source: string): string {
  return source.replace(/\(\?<p(\d+)>/g, '(?=(?<p$1>').replace(/\(\?<q(\d+)>\)/g, ')\\k<p$1>');
}

/** A character, an escape, a class or a quantifier in braces. */
export function atomAt(source: string, at: number): string {
  const rest = source.slice(at);
  const simple = /^(?:\\[pPxu]\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[\s\S]|\{\d*,?\d*\})/u.exec(rest)?.[0];
  if (simple !== undefined) return simple;
  if (rest[0] !== '[') return String.fromCodePoint(rest.codePointAt(0) ?? 0);
  let depth = 0;
  let end = 0;
  for (; end < rest.length; end++) {
    if (rest[end] === '\\') end++;
    else if (rest[end] === '[') depth++;
    else if (rest[end] === ']' && !/^\[\^?$/.test(rest.slice(0, end))) depth--;
    if (depth === 0) break;
  }
  return rest.slice(0, end + 1);
}
