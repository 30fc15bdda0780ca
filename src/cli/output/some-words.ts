/** Words that are shown of many; the exports have all of them. */
const SHOWN = 6;

/** The first six words, and how many there are where that is not all. */
export function someWords(words: readonly string[], separator: string): string {
  const more = words.length > SHOWN ? ` … (${words.length})` : '';
  return words.slice(0, SHOWN).join(separator) + more;
}
