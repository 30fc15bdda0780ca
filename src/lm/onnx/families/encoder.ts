import type { ModelFolder } from '../../model/model-folder.js';
import type { EmbedCapability, Tokenizer } from '../../model/types.js';
import type { LoadedModel, OnnxModelOptions } from '../run/model-parts.js';
import { equalLengthBatches } from '../run/token-batches.js';
import { requireFinite } from './causal/probe-causal.js';
import { loadWholeModel, type WholeModel } from './shared/whole-model.js';

/** Loads an encoder, for instance all-MiniLM-L6-v2: token vectors of texts. */
export async function loadEncoder(name: string, folder: ModelFolder, options: OnnxModelOptions): Promise<LoadedModel> {
  const model = await loadWholeModel(name, folder, options);
  const probe = await model.run([model.tokenizer.encode('probe', { special: true })]);
  requireFinite(probe.values, folder.onnxPath);
  return {
    name,
    digest: model.digest,
    family: 'encoder',
    dtype: folder.dtype,
    contextLength: model.contextLength,
    tokenizer: model.tokenizer,
    notes: model.notes,
    capabilities: { embed: new TokenVectors(model, probe.dims.at(-1) ?? 0) },
    dispose: model.dispose,
  };
}

class TokenVectors implements EmbedCapability {
  readonly #model: WholeModel;
  readonly embeddingSize: number;

  constructor(model: WholeModel, embeddingSize: number) {
    this.#model = model;
    this.embeddingSize = embeddingSize;
  }

  /** Texts longer than the context lose their end. */
  async embedTokens(texts: readonly string[]): Promise<{ tokenIds: number[]; vectors: Float32Array }[]> {
    const rows = texts.map((text) => wrapTokens(this.#model.tokenizer, text, this.#model.contextLength));
    const results: { tokenIds: number[]; vectors: Float32Array }[] = [];
    for (const batch of equalLengthBatches(rows, this.#model.rowsOf)) {
      const { values } = await this.#model.run(batch.map(([, { tokens }]) => tokens));
      batch.forEach(([row, { tokens, start, count }], i) => {
        const offset = (i * tokens.length + start) * this.embeddingSize;
        const vectors = values.slice(offset, offset + count * this.embeddingSize);
        results[row] = { tokenIds: tokens.slice(start, start + count), vectors };
      });
    }
    return results;
  }
}

interface WrappedTokens {
  readonly tokens: number[];
  /** Of all tokens. */
  readonly length: number;
  /** Where the text's own tokens begin, and how many they are. */
  readonly start: number;
  readonly count: number;
}

/** A text's tokens with what the tokenizer puts around them, and where the text's own are. */
export function wrapTokens(tokenizer: Tokenizer, text: string, limit: number): WrappedTokens {
  const whole = tokenizer.encode(text, { special: true });
  const plain = tokenizer.encode(text);
  const around = tokenizer.encode('', { special: true });
  const start = whole.findIndex((_, i) => plain.every((id, j) => whole[i + j] === id));
  const count = Math.min(plain.length, limit - around.length);
  const end = whole.slice(start + plain.length);
  const tokens = [...whole.slice(0, start + count), ...end];
  return { tokens, length: tokens.length, start, count };
}
