import { RlpromptError } from '../../../../errors.js';
import { zip } from '../../../../statistics/zip.js';
import type { ModelInput } from '../../graph/model-inputs.js';
import { gatherKv } from '../../run/kv-block.js';
import type { CausalBody } from './causal-body.js';

/** What a causal graph bears, found by trying it. */
export interface CausalAbilities {
  /** Tokens that may be appended to a cache in one call: any number, one at a time, or the graph has no usable cache. */
  readonly append: 'many' | 'one' | 'none';
  /** Padding on the left of a cache, masked, leaves the numbers as they are. */
  readonly padding: boolean;
  /** The last position's hidden states can be had without those of the others. */
  readonly lastOnly: boolean;
}

const PROBE_LENGTH = 8;
const PROBE_PREFIX = 3;
const PROBE_PADDING = 5;

/**
 * Runs a few tokens through a graph, whole and in parts. Exports differ in what they bear: some trace the causal
 * mask for one new token only, some count positions themselves. The same run finds weights that are not numbers.
 */
export async function probeCausal(body: CausalBody, vocabularySize: number, where: string): Promise<CausalAbilities> {
  const tokens = Array.from({ length: PROBE_LENGTH }, (_, i) => (101 * i + 17) % vocabularySize);
  const whole = (await body.run({ tokens: [tokens], keepCache: false })).hidden;
  requireFinite(whole, where);
  const lastOnly = await canKeepLast(body, tokens, whole);
  const start = (await body.run({ tokens: [tokens.slice(0, PROBE_PREFIX)], keepCache: true })).past;
  if (!start) return { append: 'none', padding: false, lastOnly };
  // Activations quantised at run time differ with the tokens of a call, so comparing says nothing.
  if (body.model.dynamicQuantised) return { append: 'one', padding: false, lastOnly };
  const size = body.model.hiddenSize;
  // Two rows: some attention kernels append many tokens to a cache of one row only.
  const agrees = async (end: number, padding: number) => {
    const row = { block: start, row: 0, positions: PROBE_PREFIX };
    const past = await gatherKv([row, row], PROBE_PREFIX + padding);
    const next = tokens.slice(PROBE_PREFIX, end);
    const call = { tokens: [next, next], past, padding: [padding, padding], keepCache: false };
    const expected = whole.subarray(PROBE_PREFIX * size, end * size);
    return body.run(call).then(
      ({ hidden }) => isClose(hidden.subarray(0, expected.length), expected),
      () => false,
    );
  };
  if (await agrees(PROBE_LENGTH, 0)) {
    const padding = body.model.skipsPadding && (await agrees(PROBE_LENGTH, PROBE_PADDING));
    return { append: 'many', padding, lastOnly };
  }
  return { append: (await agrees(PROBE_PREFIX + 1, 0)) ? 'one' : 'none', padding: false, lastOnly };
}

/** A tuned end of the graph must say what the whole graph says. */
async function canKeepLast(body: CausalBody, tokens: readonly number[], whole: Float32Array): Promise<boolean> {
  if (!body.model.firstKeptInput) return false;
  const expected = whole.subarray(whole.length - body.model.hiddenSize);
  const { hidden } = await body.run({ tokens: [tokens], keepCache: false, lastOnly: true });
  return isClose(hidden, expected);
}

/** The second half of a two-file export cannot begin a text. */
export function requireManyTokens(inputs: readonly ModelInput[], where: string): void {
  const ids = inputs.find(({ name }) => name === 'input_ids');
  if (ids?.dims[1] !== 1) return;
  throw new RlpromptError({
    code: 'E_MODEL_FORM',
    exit: 'data',
    message: 'this file only continues texts, one token at a time',
    where,
    next: 'use decoder_model_merged.onnx or decoder_model.onnx (--dtype decoder_model)',
  });
}

/** Refuses a model whose answer to a probe is not finite: E_MODEL_NONFINITE. */
export function requireFinite(values: Float32Array, where: string): void {
  if (values.every(Number.isFinite)) return;
  throw new RlpromptError({
    code: 'E_MODEL_NONFINITE',
    exit: 'data',
    message: 'the model answers a probe with numbers that are not finite: its weights are damaged',
    where,
    next: 'fetch or export the model again, or choose another dtype',
  });
}

/** Wide enough for half precision; a wrong mask or position changes numbers by far more. */
function isClose(values: Float32Array, expected: Float32Array): boolean {
  const scale = Math.max(...expected.map(Math.abs));
  const tolerance = 2e-2 * scale;
  return (
    values.length === expected.length && [...zip(values, expected)].every(([a, b]) => Math.abs(a - b) <= tolerance)
  );
}
