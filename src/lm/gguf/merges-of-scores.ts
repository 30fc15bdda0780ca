const NORMAL = 1;
const USER_DEFINED = 4;

/**
 * The merges of a vocabulary that only has scores, in the order of the Python library: each token is made of any two
 * others that spell it, those with the best score first.
 */
export function mergesOfScores(
  tokens: readonly string[],
  scores: readonly number[],
  types: readonly number[],
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: { left: string; right: string; score: number; lengths: [number, number] }[] = [];
  tokens.forEach((token, id) => {
    if (types[id] !== NORMAL && types[id] !== USER_DEFINED) return;
    const characters = [...token];
    const own = characters.slice(1).flatMap((_, i) => {
      const left = characters.slice(0, i + 1).join('');
      const right = characters.slice(i + 1).join('');
      const [first, second] = [ids.get(left), ids.get(right)];
      if (first === undefined || second === undefined) return [];
      const lengths: [number, number] = [i + 1, characters.length - i - 1];
      return [{ left, right, first, second, score: scores[id] ?? 0, lengths }];
    });
    merges.push(...own.sort((a, b) => a.first - b.first || a.second - b.second));
  });
  merges.sort((a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1]);
  return merges.map(({ left, right }) => [left, right]);
}
