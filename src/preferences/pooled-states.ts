import { RlpromptError } from '../errors.js';
import { requireCapability } from '../lm/load.js';
import { type HiddenStatesCapability, type LanguageModel, startTokenOf, type Tokenizer } from '../lm/model/types.js';

/** Texts whose states are computed at once. */
const BATCH = 32;

export interface StateSource {
  readonly hiddenStates: HiddenStatesCapability;
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
}

/** @throws RlpromptError `E_MODEL_CAPABILITY` where the model shows no hidden states, `E_MODEL_TOKENIZER` without a tokenizer */
export function stateSourceOf(model: LanguageModel): StateSource {
  const hiddenStates = requireCapability(model, 'hiddenStates');
  const { name, tokenizer, contextLength } = model;
  if (tokenizer) return { hiddenStates, tokenizer, contextLength };
  throw new RlpromptError({
    code: 'E_MODEL_TOKENIZER',
    exit: 'config',
    message: `${name} has no tokenizer, so its hidden states cannot be computed`,
    where: name,
    kept: 'nothing was started',
    next: 'choose a local causal model (rlprompt models)',
  });
}

/**
 * What a frozen LM makes of texts: the mean of its hidden states after each of a text's tokens, [texts][hiddenSize]. A text
 * beyond the context is read up to there; an empty one has the state after the start token.
 */
export async function pooledStates(source: StateSource, texts: readonly string[]): Promise<Float64Array[]> {
  const rows = texts.map((text) => source.tokenizer.encode(text).slice(0, source.contextLength - 1));
  const pooled = texts.map(() => new Float64Array(source.hiddenStates.hiddenSize));
  // Rows of one length advance together, so that a row's numbers never depend on the others.
  for (const length of new Set(rows.map((row) => row.length))) {
    const same = [...rows.keys()].filter((row) => rows[row]?.length === length);
    for (let from = 0; from < same.length; from += BATCH) {
      await pool(source, same.slice(from, from + BATCH), rows, pooled, length);
    }
  }
  return pooled;
}

async function pool(
  { hiddenStates, tokenizer }: StateSource,
  batch: readonly number[],
  rows: readonly (readonly number[])[],
  pooled: readonly Float64Array[],
  length: number,
): Promise<void> {
  const tokensAt = (time: number): number[] => batch.flatMap((row) => rows[row]?.[time] ?? []);
  const start = startTokenOf(tokenizer);
  let step = await hiddenStates.begin(batch.map((row) => [start, ...(rows[row]?.slice(0, 1) ?? [])]));
  for (let time = 1; ; time++) {
    batch.forEach((row, i) => {
      pooled[row]?.forEach((sum, j, vector) => {
        vector[j] = sum + (step.hidden[i * hiddenStates.hiddenSize + j] ?? 0) / Math.max(1, length);
      });
    });
    if (time >= length) break;
    step = await hiddenStates.advance(step.state, tokensAt(time));
  }
  step.state.dispose();
}
