const SHINGLE_WORDS = 6;
const COPIED_SHARE = 0.3;
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

/** Says of a text whether it holds the wording of any of `originals`: three tenths of the runs of one of them. */
export function copyFinder(originals: readonly string[]): (text: string) => boolean {
  const sets = originals.map(shingles);
  const holders = new Map<string, number[]>();
  for (const [index, set] of sets.entries())
    for (const shingle of set) holders.set(shingle, [...(holders.get(shingle) ?? []), index]);
  return (text) => {
    const shared = new Map<number, number>();
    for (const shingle of shingles(text))
      for (const index of holders.get(shingle) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    return [...shared].some(([index, count]) => count >= COPIED_SHARE * sets[index]!.size);
  };
}
