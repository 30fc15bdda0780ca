import { startTokenOf } from '../../lm/model/types.js';
import type { Generator } from '../contract/settings.js';

/**
 * What the frozen generator LM makes of each prompt: the mean of its hidden states after each of the prompt's tokens,
 * [hiddenSize] each. Prompts may have any lengths of at least one token.
 */
export async function pooledStates(
  { hiddenStates, tokenizer }: Generator,
  prompts: readonly (readonly number[])[],
): Promise<Float32Array[]> {
  const { hiddenSize } = hiddenStates;
  const start = startTokenOf(tokenizer);
  const pooled = prompts.map(() => new Float32Array(hiddenSize));
  for (const length of new Set(prompts.map((prompt) => prompt.length))) {
    const rows = [...prompts.keys()].filter((row) => prompts[row]!.length === length);
    let step = await hiddenStates.begin(rows.map((row) => [start, prompts[row]![0]!]));
    for (let time = 1; ; time++) {
      rows.forEach((row, i) => {
        const sum = pooled[row]!;
        for (let j = 0; j < hiddenSize; j++) sum[j]! += step.hidden[i * hiddenSize + j]! / length;
      });
      if (time === length) break;
      step = await hiddenStates.advance(
        step.state,
        rows.map((row) => prompts[row]![time]!),
      );
    }
    step.state.dispose();
  }
  return pooled;
}
