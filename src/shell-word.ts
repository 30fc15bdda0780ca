/** A word of a command line, quoted where a shell would read something else. Windows' shells know double quotes, and no escapes in them. */
export function shellWord(word: string): string {
  if (process.platform === 'win32') return /^[\w@%+:,./\\-]+$/.test(word) ? word : `"${word}"`;
  if (/^[\w@%+:,./-]+$/.test(word)) return word;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : `"${word}"`;
}
