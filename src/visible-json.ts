const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON of a value in which control, bidi, zero-width and line-separator characters are escapes: the same value when
 * parsed, and nothing a terminal or an editor would obey. JSON strings are JavaScript strings as well.
 */
export function toVisibleJson(value: unknown, indent?: number): string {
  return visibleJsonText(JSON.stringify(value, null, indent));
}

/** The same of a text that is JSON already. */
export function visibleJsonText(json: string): string {
  return json.replace(INVISIBLE, (character) => (character === '\n' ? '\n' : escapeUnits(character)));
}

function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
