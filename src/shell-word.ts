const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', "'": "\\'", '\\': '\\\\' };

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return SHORT[character] ?? (code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`);
}

/** A word of a command line, quoted where a shell would read something else. Windows' shells know double quotes, and no escapes in them. */
export function shellWord(word: string): string {
  if (process.platform === 'win32') return /^[\w@%+:,./\\-]+$/.test(word) ? word : `"${word}"`;
  if (/^[\w@%+:,./-]+$/.test(word)) return word;
  // A command stays one line, and what drives a terminal is not shown as it is.
  if (/[\p{Cc}\p{Cf}]/u.test(word)) return `$'${word.replace(/[\p{Cc}\p{Cf}'\\]/gu, escaped)}'`;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : `"${word}"`;
}
