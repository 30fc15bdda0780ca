import { damaged } from '../../gguf/gguf-error.js';
import { type GgufFile, type GgufTensor, readGguf } from '../../gguf/gguf-file.js';
import { type LlamaSettings, llamaSettings } from '../../gguf/llama-settings.js';
import { computedContent, contentOf, type FloatContent, transposedContent } from '../../gguf/tensor-content.js';
import { GraphBuilder, valueInfo } from '../graph/graph-builder.js';
import { ONNX_TYPE, type OnnxGraph, type OnnxModel, type OnnxTensor } from '../graph/proto.js';
import { rotaryTables } from './rotary-tables.js';

/** A GGUF file as an ONNX model: a graph, and weights that are read from the file when they are asked for. */
export interface GgufModel {
  readonly path: string;
  readonly size: number;
  readonly model: OnnxModel & { graph: OnnxGraph };
  readonly contents: ReadonlyMap<OnnxTensor, FloatContent>;
}

const IR_VERSION = 8;
const OPSET = 14;
const MICROSOFT = 'com.microsoft';

/**
 * Builds the graph of a model of the llama family, in the form of onnxruntime-genai's exports.
 *
 * @throws RlpromptError E_GGUF, E_GGUF_UNSUPPORTED
 */
export function openGgufModel(path: string): GgufModel {
  const file = readGguf(path);
  const settings = llamaSettings(file);
  const weights = new Weights(file, settings);
  const builder = new GraphBuilder('gguf');
  const { layers, kvHeads, headSize } = settings;
  const past = ['rows', kvHeads, 'past', headSize];
  const present = ['rows', kvHeads, 'positions', headSize];
  const layerNumbers = [...Array(layers).keys()];
  addBody(builder, settings, weights);
  const graph: OnnxGraph = {
    name: 'gguf',
    node: [...builder.parts.nodes],
    initializer: [...builder.parts.constants, ...weights.contents.keys()],
    input: [
      valueInfo('input_ids', 'int64', ['rows', 'new']),
      valueInfo('attention_mask', 'int64', ['rows', 'positions']),
      ...layerNumbers.flatMap((i) =>
        ['key', 'value'].map((part) => valueInfo(`past_key_values.${i}.${part}`, 'float32', past)),
      ),
    ],
    output: [
      valueInfo('logits', 'float32', ['rows', 'new', weights.vocabularySize]),
      ...layerNumbers.flatMap((i) =>
        ['key', 'value'].map((part) => valueInfo(`present.${i}.${part}`, 'float32', present)),
      ),
    ],
  };
  const opsetImport = [
    { domain: '', version: OPSET },
    { domain: MICROSOFT, version: 1 },
  ];
  const model = { irVersion: IR_VERSION, producerName: 'rlprompt', opsetImport, graph };
  return { path, size: file.size, model, contents: weights.contents };
}

/** The weights that the graph uses, by the names of the file; a wrong shape is refused. */
class Weights {
  readonly contents = new Map<OnnxTensor, FloatContent>();
  readonly vocabularySize: number;

  constructor(
    private readonly file: GgufFile,
    settings: LlamaSettings,
  ) {
    this.vocabularySize = this.#tensor('token_embd.weight').dims[1] ?? 0;
    const { width } = settings.rotary;
    const factors = file.tensors.has('rope_freqs.weight') ? this.values('rope_freqs.weight', width / 2) : undefined;
    const tables = rotaryTables(settings, factors);
    const dims = [settings.contextLength, width / 2];
    for (const [name, compute] of Object.entries(tables)) {
      this.#add(name, dims, computedContent(settings.contextLength * (width / 2), compute));
    }
  }

  has(name: string): boolean {
    return this.file.tensors.has(name);
  }

  vector(name: string, length: number): string {
    return this.#add(name, [length], contentOf(this.file, this.#tensor(name, length)));
  }

  values(name: string, length: number): Float32Array {
    const content = contentOf(this.file, this.#tensor(name, length));
    const { buffer, byteOffset } = content.read(0, content.length);
    return new Float32Array(buffer, byteOffset, length);
  }

  /** As it is stored: [rows, columns]. */
  rows(name: string, rows: number, columns: number): string {
    return this.#add(name, [rows, columns], contentOf(this.file, this.#tensor(name, columns, rows)));
  }

  /** For a product from the left: [from, to]. */
  product(name: string, from: number, to: number): string {
    return this.#add(name, [from, to], transposedContent(this.file, this.#tensor(name, from, to)));
  }

  /** How many rows a matrix has. */
  rowCount(name: string): number {
    return this.#tensor(name).dims[1] ?? 0;
  }

  #add(name: string, dims: readonly number[], content: FloatContent): string {
    this.contents.set({ name, dims: [...dims], dataType: ONNX_TYPE.float32 }, content);
    return name;
  }

  #tensor(name: string, ...dims: number[]): GgufTensor {
    const tensor = this.file.tensors.get(name);
    if (!tensor) throw damaged(`it lacks the tensor ${JSON.stringify(name)}`, this.file.path);
    if (dims.length === 0 || dims.join(' ') === tensor.dims.join(' ')) return tensor;
    const message = `the tensor ${JSON.stringify(name)} has the shape [${tensor.dims.join(', ')}], [${dims.join(', ')}] is needed`;
    throw damaged(message, this.file.path);
  }
}

function addBody(builder: GraphBuilder, settings: LlamaSettings, weights: Weights): void {
  const { layers, hiddenSize, heads, kvHeads, headSize, epsilon, rotary } = settings;
  const counts = tokenCounts(builder);
  const norm = (value: string, name: string) =>
    builder.node('SimplifiedLayerNormalization', [value, weights.vector(name, hiddenSize)], {
      attributes: { epsilon: { float: epsilon }, axis: -1, stash_type: 1 },
    });
  const project = (value: string, name: string, from: number, to: number) => {
    const product = builder.node('MatMul', [value, weights.product(`${name}.weight`, from, to)]);
    return weights.has(`${name}.bias`) ? builder.node('Add', [product, weights.vector(`${name}.bias`, to)]) : product;
  };
  const embedding = weights.rows('token_embd.weight', weights.vocabularySize, hiddenSize);
  let hidden = builder.node('Gather', [embedding, 'input_ids']);
  for (let layer = 0; layer < layers; layer++) {
    const named = (name: string) => `blk.${layer}.${name}`;
    const before = norm(hidden, named('attn_norm.weight'));
    const [query, key, value] = [
      project(before, named('attn_q'), hiddenSize, heads * headSize),
      project(before, named('attn_k'), hiddenSize, kvHeads * headSize),
      project(before, named('attn_v'), hiddenSize, kvHeads * headSize),
    ];
    const past = ['key', 'value'].map((part) => `past_key_values.${layer}.${part}`);
    const attention = builder.nodes(
      'GroupQueryAttention',
      [query, key, value, ...past, counts.before, counts.all, 'cos_cache', 'sin_cache'],
      {
        domain: MICROSOFT,
        outputs: 3,
        attributes: {
          ...{ num_heads: heads, kv_num_heads: kvHeads, scale: { float: 1 / Math.sqrt(headSize) } },
          ...{ do_rotary: 1, rotary_interleaved: rotary.interleaved ? 1 : 0 },
        },
      },
    );
    ['key', 'value'].forEach((part, i) => {
      builder.node('Identity', [attention[i + 1]!], { name: `present.${layer}.${part}` });
    });
    const mixed = project(attention[0]!, named('attn_output'), heads * headSize, hiddenSize);
    hidden = builder.node('Add', [hidden, mixed]);
    const inner = weights.rowCount(named('ffn_up.weight'));
    const between = norm(hidden, named('ffn_norm.weight'));
    const gate = project(between, named('ffn_gate'), hiddenSize, inner);
    const open = builder.node('Mul', [gate, builder.node('Sigmoid', [gate])]);
    const gated = builder.node('Mul', [open, project(between, named('ffn_up'), hiddenSize, inner)]);
    hidden = builder.node('Add', [hidden, project(gated, named('ffn_down'), inner, hiddenSize)]);
  }
  const last = norm(hidden, 'output_norm.weight');
  const head = weights.has('output.weight')
    ? weights.rows('output.weight', weights.vocabularySize, hiddenSize)
    : embedding;
  const turned = builder.node('Transpose', [head], { attributes: { perm: [1, 0] } });
  builder.node('MatMul', [last, turned], { name: 'logits' });
}

/** int32: each row's tokens less one, [rows]; and all positions, []. */
function tokenCounts(builder: GraphBuilder): { before: string; all: string } {
  const one = builder.constant('one', BigInt64Array.of(1n), [1]);
  const axis = builder.constant('axis', BigInt64Array.of(1n), []);
  const toInt32 = { attributes: { to: ONNX_TYPE.int32 } };
  const seen = builder.node('ReduceSum', ['attention_mask', one]);
  const shape = builder.node('Shape', ['attention_mask']);
  return {
    before: builder.node('Cast', [builder.node('Sub', [seen, one])], toInt32),
    all: builder.node('Cast', [builder.node('Gather', [shape, axis])], toInt32),
  };
}
