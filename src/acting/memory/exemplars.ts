import type { Situation } from './situation.js';

/**
 * What stood in remembered situations, with the best and the worst that was done there, in front of a text. The most alike
 * stands last, next to the text.
 *
 * @param situations the most alike first
 */
export function withExemplars(situations: readonly Situation[], text: string): string {
  return [...situations.map(exemplar).toReversed(), text].join('\n');
}

function exemplar({ text, actions }: Situation): string {
  const byValue = [...actions].sort(([, a], [, b]) => b.value - a.value);
  const [[best] = [], ...others] = byValue.map(([action, { value }]) => [
    `${action} (value ${Number(value.toPrecision(2))})`,
  ]);
  const [worst] = others.at(-1) ?? [];
  return [text, `Encouraged: ${best}`, ...(worst === undefined ? [] : [`Discouraged: ${worst}`])].join('\n');
}
