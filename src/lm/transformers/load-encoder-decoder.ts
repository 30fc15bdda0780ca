import { createHash } from 'node:crypto';
import type { ModelFolder } from '../model/model-folder.js';
import { fitTokenizer } from '../model/tokenizer.js';
import type { Tokenizer } from '../model/types.js';
import { requireFinite } from '../onnx/families/causal/probe-causal.js';
import {
  headCount,
  int8Notes,
  type LoadedModel,
  loadParts,
  type OnnxModelOptions,
  widthOf,
} from '../onnx/run/model-parts.js';
import { rowLimits, rowsWithoutCache } from '../onnx/run/row-limits.js';
import { EncoderDecoder } from './encoder-decoder.js';
import { type EncoderDecoderFiles, encoderDecoderFiles } from './encoder-decoder-files.js';
import { EncoderDecoderGenerate } from './encoder-decoder-generate.js';
import { EncoderDecoderLabelScores } from './encoder-decoder-label-scores.js';

const ENGINE = 'transformers.js';

/**
 * Loads an encoder-decoder (T5, BART …) with transformers.js: the text is read by the encoder, and the decoder writes the
 * answer. The tokens are this program's.
 */
export async function loadEncoderDecoder(
  name: string,
  folder: ModelFolder,
  options: OnnxModelOptions,
): Promise<LoadedModel> {
  const files = await encoderDecoderFiles(folder);
  const parts = await loadParts(name, folder, files.files);
  const { model, tokenizer } = await openEncoderDecoder(folder, files, parts.tokenizer, options);
  const limits = rowLimits(options, files.dynamicQuantised);
  const { contextLength } = parts;
  const scoring = {
    ...{ tokenizer, contextLength, model, truncate: options.truncate },
    start: answerStart(model, tokenizer),
    rowsOf: (length: number) => rowsWithoutCache(limits, length, widthOf(folder), headCount(folder)),
  };
  return {
    name,
    // Scores of another engine differ in their last digits.
    digest: createHash('sha256').update(`${ENGINE} ${parts.digest}`).digest('hex'),
    family: 'encoder-decoder',
    dtype: folder.dtype,
    contextLength,
    tokenizer,
    notes: [`engine: ${ENGINE}, slower`, ...int8Notes(files.dynamicQuantised, options)],
    capabilities: {
      labelScores: new EncoderDecoderLabelScores(scoring),
      generate: new EncoderDecoderGenerate(scoring),
    },
    dispose: () => model.dispose(),
  };
}

/** Opens both halves and has them compute a word, as only that shows whether their graphs and config.json agree. */
export async function openEncoderDecoder(
  folder: ModelFolder,
  files: EncoderDecoderFiles,
  tokenizer: Tokenizer,
  options: OnnxModelOptions,
): Promise<{ readonly model: EncoderDecoder; readonly tokenizer: Tokenizer }> {
  const model = await EncoderDecoder.open(folder, files, options);
  try {
    const probe = await model.decode(await model.encode([tokenizer.encode('probe', { special: true })]), [[0]]);
    requireFinite(probe.logits, folder.onnxPath);
    return { model, tokenizer: fitTokenizer(tokenizer, probe.width, folder.path) };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

/** What the decoder is given before an answer: its start token, and what it was trained to begin texts with. */
function answerStart(model: EncoderDecoder, tokenizer: Tokenizer): number[] {
  const start = model.setting('decoder_start_token_id') ?? tokenizer.padTokenId ?? 0;
  const forced = model.setting('forced_bos_token_id');
  if (forced !== undefined) return [start, forced];
  const [first] = tokenizer.encode('', { special: true });
  return first === undefined || first === tokenizer.eosTokenId ? [start] : [start, first];
}
