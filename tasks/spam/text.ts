const SHINGLE_WORDS = 6;
/** About 64 tokens of English for a byte-level tokenizer of a small vocabulary. */
const CUT_CHARACTERS = 230;

/** The beginning of a text, whole words only. A rule on characters: a task does not know the target LM's tokenizer. */
export function cutText(text: string): string {
  if (text.length <= CUT_CHARACTERS) return text;
  return text.slice(0, text.lastIndexOf(' ', CUT_CHARACTERS));
}

/** The words of a text in small letters, without digits and punctuation: what stays the same when an offer is sent again. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** All runs of six words. */
export function shingles(text: string): Set<string> {
  const words = wordsOf(text);
  const found = new Set<string>();
  for (let i = 0; i + SHINGLE_WORDS <= words.length; i++) found.add(words.slice(i, i + SHINGLE_WORDS).join(' '));
  return found;
}

/** The share of `part` that is in `whole`. */
export function overlap(part: ReadonlySet<string>, whole: ReadonlySet<string>): number {
  let shared = 0;
  for (const shingle of part) if (whole.has(shingle)) shared++;
  return part.size === 0 ? 0 : shared / part.size;
}
