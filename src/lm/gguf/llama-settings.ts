import { damaged, unsupported } from './gguf-error.js';
import type { GgufFile, GgufValue } from './gguf-file.js';

/** What a model of the llama family is made of. */
export interface LlamaSettings {
  readonly architecture: keyof typeof ARCHITECTURES;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly epsilon: number;
  /** Tokens that the model reads. */
  readonly contextLength: number;
  readonly rotary: {
    /** Columns of a head that are turned. */
    readonly width: number;
    readonly base: number;
    /** Positions are divided by it. */
    readonly factor: number;
    /** Pairs are neighbours, not halves of a head. */
    readonly interleaved: boolean;
  };
}

/** The names of config.json, and how the columns of queries and keys are paired. */
const ARCHITECTURES = {
  llama: { className: 'LlamaForCausalLM', interleaved: true },
  qwen2: { className: 'Qwen2ForCausalLM', interleaved: false },
} as const;

/** Tables of positions are made for as many tokens. */
const MOST_TOKENS = 32_768;

/** @throws RlpromptError E_GGUF, E_GGUF_UNSUPPORTED */
export function llamaSettings(file: GgufFile): LlamaSettings {
  const { metadata, path } = file;
  const architecture = metadata.get('general.architecture');
  if (!isKnown(architecture)) {
    throw unsupported(
      `the architecture is ${JSON.stringify(architecture)}; read are llama (with Mistral and SmolLM) and qwen2`,
      path,
    );
  }
  const value = (key: string) => metadata.get(`${architecture}.${key}`);
  const count = (key: string, most: number, otherwise?: number): number => {
    const found = value(key) ?? otherwise;
    if (typeof found === 'number' && Number.isInteger(found) && found > 0 && found <= most) return found;
    throw damaged(`${architecture}.${key} is ${JSON.stringify(found)}`, path);
  };
  const real = (key: string, otherwise?: number): number => {
    const found = value(key) ?? otherwise;
    if (typeof found === 'number' && Number.isFinite(found) && found > 0) return found;
    throw damaged(`${architecture}.${key} is ${JSON.stringify(found)}`, path);
  };
  if (Number(value('expert_count') ?? 0) > 0) throw unsupported('the model has experts, which are not run', path);
  const scaling = value('rope.scaling.type') ?? 'none';
  if (scaling !== 'none' && scaling !== 'linear') {
    throw unsupported(`positions are scaled by ${JSON.stringify(scaling)}, which is not computed`, path);
  }
  const hiddenSize = count('embedding_length', 65_536);
  const heads = count('attention.head_count', 1024);
  const kvHeads = count('attention.head_count_kv', 1024, heads);
  const headSize = count('attention.key_length', 4096, hiddenSize / heads);
  const width = count('rope.dimension_count', headSize, headSize);
  if (heads % kvHeads > 0 || width % 2 > 0 || count('attention.value_length', 4096, headSize) !== headSize) {
    throw damaged(`it has ${heads} heads of ${headSize} on ${kvHeads} keys, ${width} columns turned`, path);
  }
  return {
    architecture,
    layers: count('block_count', 1000),
    hiddenSize,
    heads,
    kvHeads,
    headSize,
    epsilon: real('attention.layer_norm_rms_epsilon'),
    // Within a window of attention the window makes no difference.
    contextLength: Math.min(
      count('context_length', 2 ** 31),
      Number(value('attention.sliding_window') ?? MOST_TOKENS),
      MOST_TOKENS,
    ),
    rotary: {
      width,
      base: real('rope.freq_base', 10_000),
      factor: scaling === 'linear' ? real('rope.scaling.factor', 1) : 1,
      interleaved: ARCHITECTURES[architecture].interleaved,
    },
  };
}

/** The settings as a config.json would have them. */
export function ggufConfig(file: GgufFile): Record<string, unknown> {
  const { architecture, layers, hiddenSize, heads, kvHeads, contextLength } = llamaSettings(file);
  return {
    architectures: [ARCHITECTURES[architecture].className],
    model_type: architecture,
    hidden_size: hiddenSize,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    num_hidden_layers: layers,
    max_position_embeddings: contextLength,
  };
}

function isKnown(name: GgufValue | undefined): name is keyof typeof ARCHITECTURES {
  return typeof name === 'string' && Object.hasOwn(ARCHITECTURES, name);
}
