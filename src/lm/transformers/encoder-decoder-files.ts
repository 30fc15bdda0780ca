import { basename, dirname, join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import type { ModelFolder } from '../model/model-folder.js';
import { filesOf, openModelFile } from '../onnx/graph/file/model-file.js';
import { modelInputs } from '../onnx/graph/model-inputs.js';
import { isDynamicQuantised } from '../onnx/head/split-head.js';
import { transformersLibrary } from './library.js';

/** Number formats as the library names them, by the endings of their files. */
const DTYPES = {
  '': 'fp32',
  _fp16: 'fp16',
  _quantized: 'q8',
  _int8: 'int8',
  _uint8: 'uint8',
  _q4: 'q4',
  _q4f16: 'q4f16',
  _bnb4: 'bnb4',
} as const;

/** The halves of an encoder-decoder, which lie in files of their own. */
export interface EncoderDecoderFiles {
  /** Every file the model consists of, external data included. */
  readonly files: readonly string[];
  /** The ONNX file of the encoder. */
  readonly encoder: string;
  readonly dtype: (typeof DTYPES)[keyof typeof DTYPES];
  readonly dynamicQuantised: boolean;
}

/**
 * Finds and checks both halves of an encoder-decoder without loading it.
 *
 * @throws RlpromptError E_MODEL_FORM, E_MODEL_INPUT, E_MODEL_ARCHITECTURE, and what is wrong with a file
 */
export async function encoderDecoderFiles({ onnxPath, config }: ModelFolder): Promise<EncoderDecoderFiles> {
  const ending = /^decoder_model_merged(.*)\.onnx$/.exec(basename(onnxPath))?.[1];
  if (ending === undefined || !isKnown(ending)) throw otherHalf(onnxPath);
  const encoder = join(dirname(onnxPath), `encoder_model${ending}.onnx`);
  if (!isThere(encoder)) throw noEncoder(onnxPath, encoder);
  const halves = [openModelFile(encoder), openModelFile(onnxPath)];
  const unknown = modelInputs(halves[0]!.model.graph).filter(({ name }) => !ENCODER_INPUTS.has(name));
  if (unknown.length > 0) throw noTextEncoder(encoder, unknown[0]!.name);
  const { AutoModelForSeq2SeqLM } = await transformersLibrary();
  if (!AutoModelForSeq2SeqLM.supports(String(config.model_type)))
    throw unknownKind(String(config.model_type), onnxPath);
  return {
    files: halves.flatMap(filesOf),
    encoder,
    dtype: DTYPES[ending],
    dynamicQuantised: halves.some(({ model }) => isDynamicQuantised(model.graph)),
  };
}

const ENCODER_INPUTS = new Set(['input_ids', 'attention_mask']);

function isKnown(ending: string): ending is keyof typeof DTYPES {
  return Object.hasOwn(DTYPES, ending);
}

const EXPORT = 'export it again: optimum-cli export onnx --task text2text-generation-with-past --model MODEL FOLDER';

function otherHalf(where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_FORM',
    exit: 'data',
    message: 'an encoder-decoder is run from encoder_model.onnx and decoder_model_merged.onnx, not from this file',
    where,
    next: `use --dtype decoder_model_merged, or ${EXPORT}`,
  });
}

function noEncoder(where: string, encoder: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_ONNX_MISSING',
    exit: 'missingInput',
    message: `an encoder-decoder, but its encoder ${basename(encoder)} is not beside it`,
    where,
    next: `put ${basename(encoder)} there, or ${EXPORT}`,
  });
}

function noTextEncoder(where: string, input: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_INPUT',
    exit: 'data',
    message: `the encoder reads ${input}, not text`,
    where,
    next: 'use an encoder-decoder for text: T5, BART, Marian …',
  });
}

function unknownKind(kind: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_ARCHITECTURE',
    exit: 'data',
    message: `transformers.js has no encoder-decoder of the type ${JSON.stringify(kind)}`,
    where,
    next: 'use T5, mT5, BART, mBART, Marian, M2M100 or Blenderbot, or serve the model and name it openai:MODEL',
  });
}
