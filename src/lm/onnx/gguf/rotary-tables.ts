import type { LlamaSettings } from '../../gguf/llama-settings.js';

/**
 * Cosine and sine of every position and every pair of columns, [contextLength, width / 2].
 *
 * @param factors what the frequencies are divided by, as Llama 3 has it
 */
export function rotaryTables(
  { contextLength, rotary }: Pick<LlamaSettings, 'contextLength' | 'rotary'>,
  factors?: Float32Array,
): Readonly<Record<'cos_cache' | 'sin_cache', () => Float32Array>> {
  const pairs = rotary.width / 2;
  const frequencies = Array.from({ length: pairs }, (_, i) => {
    return rotary.base ** (-i / pairs) / (factors?.[i] ?? 1) / rotary.factor;
  });
  const table = (turn: (angle: number) => number) => () =>
    Float32Array.from({ length: contextLength * pairs }, (_, at) =>
      turn(Math.floor(at / pairs) * frequencies[at % pairs]!),
    );
  return { cos_cache: table(Math.cos), sin_cache: table(Math.sin) };
}
