import { basename, dirname } from 'node:path';
import type { PreTrainedModel, Tensor } from '@huggingface/transformers';
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { firstLine, RlpromptError } from '../../errors.js';
import type { ModelFolder } from '../model/model-folder.js';
import { floatValues } from '../onnx/run/half-precision.js';
import { runError, type SessionOptions, settingsOf } from '../onnx/run/session.js';
import { metered } from '../onnx/runtime/runtime-meter.js';
import type { EncoderDecoderFiles } from './encoder-decoder-files.js';
import { type Library, transformersLibrary } from './library.js';

/** Some texts of one length as the encoder read them. */
export interface EncodedTexts {
  /** [rows, positions, hiddenSize] */
  readonly states: Tensor;
}

/** Keys and values of the decoder's layers, by the names of its inputs. */
export type DecoderCache = Readonly<Record<string, Tensor>>;

export interface DecoderStep {
  /** [rows, positions, width] */
  readonly logits: Float32Array;
  /** Columns of the logits. */
  readonly width: number;
  readonly cache: DecoderCache;
}

/** An encoder-decoder that transformers.js runs. Rows of a call have one length, so that nothing is padded. */
export class EncoderDecoder {
  private constructor(
    private readonly library: Library,
    private readonly model: PreTrainedModel,
    private readonly path: string,
  ) {}

  static async open(
    folder: ModelFolder,
    { dtype }: EncoderDecoderFiles,
    options: SessionOptions,
  ): Promise<EncoderDecoder> {
    const library = await transformersLibrary();
    const subfolder = dirname(folder.onnxPath) === folder.path ? '' : basename(dirname(folder.onnxPath));
    const settings = await settingsOf({ ...options, returnsMemory: true });
    try {
      const model = await library.AutoModelForSeq2SeqLM.from_pretrained(folder.path, {
        local_files_only: true,
        session_options: settings,
        subfolder,
        dtype,
      });
      return new EncoderDecoder(library, model, folder.onnxPath);
    } catch (cause) {
      throw refused(folder.onnxPath, cause);
    }
  }

  /** A number that the model's configuration or its settings for generation give. */
  setting(name: string): number | undefined {
    const { generation_config: generation } = this.model.configs as { generation_config?: Record<string, unknown> };
    const value = generation?.[name] ?? (this.model.config as unknown as Record<string, unknown>)[name];
    return typeof value === 'number' ? value : undefined;
  }

  /** @param rows tokens of texts, with what the tokenizer puts around them */
  async encode(rows: readonly (readonly number[])[]): Promise<EncodedTexts> {
    const encoder = this.model.sessions.model as InferenceSession;
    const tokens = twiceIfLone(rows).map((row) => rows[row]!);
    const feeds = { input_ids: this.#integers(tokens), attention_mask: this.#ones(tokens) };
    const given = Object.entries(feeds).filter(([name]) => encoder.inputNames.includes(name));
    const results = await this.#call(() =>
      encoder.run(Object.fromEntries(given.map(([name, { ort_tensor }]) => [name, ort_tensor as OnnxTensor]))),
    );
    const states = new this.library.Tensor(results.last_hidden_state as never);
    return { states: tokens.length > rows.length ? this.pickRows(states, [0]) : states };
  }

  /**
   * @param rows the tokens after those in the cache; without one, all from the decoder's start token on
   */
  async decode(
    { states }: EncodedTexts,
    rows: readonly (readonly number[])[],
    cache?: DecoderCache,
  ): Promise<DecoderStep> {
    const chosen = twiceIfLone(rows);
    const isLone = chosen.length > rows.length;
    const tokens = chosen.map((row) => rows[row]!);
    const pick = (tensor: Tensor) => (isLone ? this.pickRows(tensor, chosen) : tensor);
    const length = states.dims[1]!;
    const output = await this.#call(() =>
      this.model.forward({
        encoder_outputs: pick(states),
        attention_mask: this.#ones(tokens.map(() => ({ length }))),
        decoder_input_ids: this.#integers(tokens),
        ...(cache && { past_key_values: mapValues(cache, pick) }),
      }),
    );
    const { logits, ...present } = output as Record<string, Tensor>;
    const width = logits!.dims[2]!;
    const values = floatValues(logits as unknown as OnnxTensor).subarray(0, rows.length * rows[0]!.length * width);
    const first = (tensor: Tensor) => (isLone ? this.pickRows(tensor, [0]) : tensor);
    return {
      logits: values,
      width,
      cache: { ...mapValues(asPast(present, cache !== undefined), first), ...encoderPart(cache) },
    };
  }

  /** Some rows of a tensor, in the given order. */
  pickRows(tensor: Tensor, rows: Iterable<number>): Tensor {
    const chosen = [...rows];
    const size = tensor.size / tensor.dims[0]!;
    const data = tensor.data as Float32Array;
    const picked = new (data.constructor as Float32ArrayConstructor)(chosen.length * size);
    chosen.forEach((row, i) => {
      picked.set(data.subarray(row * size, (row + 1) * size), i * size);
    });
    return new this.library.Tensor(tensor.type, picked, [chosen.length, ...tensor.dims.slice(1)]);
  }

  async dispose(): Promise<void> {
    await this.model.dispose();
  }

  #integers(rows: readonly (readonly number[])[]): Tensor {
    return new this.library.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);
  }

  #ones(rows: readonly { readonly length: number }[]): Tensor {
    const { length } = rows[0]!;
    return new this.library.Tensor('int64', new BigInt64Array(rows.length * length).fill(1n), [rows.length, length]);
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await metered(call);
    } catch (cause) {
      throw runError({ path: this.path }, cause);
    }
  }
}

/** The rows to run. The product of one row is computed in another order, and its number would tell how many there were. */
function twiceIfLone(rows: readonly (readonly number[])[]): number[] {
  return rows.length === 1 && rows[0]!.length === 1 ? [0, 0] : [...rows.keys()];
}

/** What is read of the encoder never changes; later steps of an export give nothing in its place. */
const ENCODER_PART = /\.encoder\./;

function encoderPart(cache: DecoderCache = {}): DecoderCache {
  return Object.fromEntries(Object.entries(cache).filter(([name]) => ENCODER_PART.test(name)));
}

/** The present of one step as the past of the next. */
function asPast(present: Readonly<Record<string, Tensor>>, isLater: boolean): Record<string, Tensor> {
  const entries = Object.entries(present).filter(
    ([name]) => /^present\./.test(name) && !(isLater && ENCODER_PART.test(name)),
  );
  return Object.fromEntries(entries.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]));
}

function mapValues(
  tensors: Readonly<Record<string, Tensor>>,
  change: (tensor: Tensor) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}

function refused(where: string, cause: unknown): RlpromptError {
  const reason = firstLine(cause);
  return new RlpromptError({
    code: 'E_MODEL_LOAD',
    exit: 'data',
    message: `transformers.js cannot load this model: ${reason.slice(0, 200)}`,
    where,
    next: 'fetch or export the model again',
    cause,
  });
}
