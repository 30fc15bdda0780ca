/** What may stand next: a value, the first thing in an object or array, a key, or what follows a value. */
type Expected = 'value' | 'first-key' | 'first-value' | 'key' | 'next';

const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*/iy;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const COLON = /[ \t\r\n]*:/y;
const BLANKS = /[ \t\r\n]*/y;

/**
 * Offset of the first character that keeps a text from being JSON; its length where it ends too early. The engine's own
 * message names a place for some mistakes only.
 */
export function jsonFault(text: string): number {
  const open: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const takeString = (): boolean => take(STRING) && text[at] === '"' && ++at > 0;
  for (let expected: Expected = 'value'; take(BLANKS) && at < text.length; ) {
    const character = text.charAt(at);
    const closing = open.at(-1) === '{' ? '}' : ']';
    if (open.length > 0 && character === closing && expected !== 'value' && expected !== 'key') {
      open.pop();
      at++;
      expected = 'next';
    } else if (expected === 'next') {
      if (character !== ',' || open.length === 0) return at;
      at++;
      expected = closing === '}' ? 'key' : 'value';
    } else if (expected === 'key' || expected === 'first-key') {
      if (!takeString() || !take(COLON)) return at;
      expected = 'value';
    } else if (character === '{' || character === '[') {
      open.push(character);
      at++;
      expected = character === '{' ? 'first-key' : 'first-value';
    } else {
      if (!takeString() && !take(WORD)) return at;
      expected = 'next';
    }
  }
  return at;
}
