const WEIGHT = /^([A-Za-z][\w-]*)=([+-]?(?:\d+\.?\d*|\.\d+))$/;

/** Reads what was typed for weights, `judge=0.5 fluency=1`; undefined where it is none. The run says whether it has the objectives. */
export function parseWeights(text: string): Readonly<Record<string, number>> | undefined {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const pairs = words.map((word) => WEIGHT.exec(word));
  if (pairs.length === 0 || pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, Number(pair![2])]));
}
