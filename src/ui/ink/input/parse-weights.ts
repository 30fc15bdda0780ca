const WEIGHT = /^([A-Za-z][\w-]*)=([+-]?(?:\d+\.?\d*|\.\d+))$/;

/** Reads what was typed for weights, `judge=0.5 fluency=1`; undefined where it is none. The run says whether it has the objectives. */
export function parseWeights(text: string): Readonly<Record<string, number>> | undefined {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const pairs = words.flatMap((word) => {
    const [, name, weight] = WEIGHT.exec(word) ?? [];
    return name === undefined ? [] : [[name, Number(weight)] as const];
  });
  return pairs.length === 0 || pairs.length < words.length ? undefined : Object.fromEntries(pairs);
}
