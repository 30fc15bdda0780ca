/** A request names one prefix in many rows. */
const kept = new WeakMap<readonly number[], string>();

/** What a token prefix is kept under. */
export function prefixKey(tokens: readonly number[]): string {
  const known = kept.get(tokens);
  if (known !== undefined) return known;
  const key = tokens.join(' ');
  kept.set(tokens, key);
  return key;
}
