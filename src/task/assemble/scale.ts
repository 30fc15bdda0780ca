/** A scale of five, such as stars, told apart by two words: the middle says little, and two words are told apart best. */
export interface TwoEnds {
  readonly labels: readonly string[];
  readonly verbalizer: Readonly<Record<string, string>>;
}

/** How the labels 1 to 5, in whatever way they are written, can be read; undefined for other labels. */
export function twoEndsOf(labels: readonly string[]): TwoEnds | undefined {
  const names = [...labels].sort((a, b) => Number(a) - Number(b));
  if (names.map(Number).join() !== '1,2,3,4,5') return undefined;
  const [lowest, low, , high, highest] = names as [string, string, string, string, string];
  return {
    labels: [lowest, low, high, highest],
    verbalizer: { [`${lowest}|${low}`]: 'bad', [`${high}|${highest}`]: 'good' },
  };
}

/** Says of labels that look like a scale how to read them. */
export function scaleHint(labels: readonly string[]): string | undefined {
  const ends = twoEndsOf(labels);
  if (ends === undefined) return undefined;
  const words = Object.entries(ends.verbalizer).map(([name, word]) => `${name}=${word}`);
  return `the labels 1 to 5 look like a scale, and their digits say little; --labels ${ends.labels.join(',')} --verbalizer "${words.join(',')}" asks for its two ends`;
}
