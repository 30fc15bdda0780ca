/** Tells whether a text holds one of some words, as whole words and in any case; undefined where there are none. */
export function forbiddenWords(words: readonly string[]): ((text: string) => boolean) | undefined {
  if (words.length === 0) return undefined;
  const any = words.map((word) => word.trim().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'iu');
  return (text) => pattern.test(text);
}
