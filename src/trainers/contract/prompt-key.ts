/**
 * Tells one prompt, or the beginning of one, from all others: equal keys are equal tokens.
 * @param input where the policy reads one: the same prompt for another input is another prompt
 */
export function promptKey(tokenIds: readonly number[], input?: string): string {
  const tokens = tokenIds.join(' ');
  return input === undefined ? tokens : `${tokens}\t${input}`;
}
