import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModelFile } from '../../../src/lm/onnx/graph/file/model-file.js';
import { tensorValues } from '../../../src/lm/onnx/head/weight-matrix.js';
import { HUB_LIKE } from '../onnx/hub-like.js';
import { floatTensor, type WrittenGguf, type WrittenTensor, type WrittenValue } from './write-gguf.js';

/** The model whose weights are written as GGUF: [hidden, heads, kvHeads, headSize, layers, vocabulary]. */
export const SOURCE = join(HUB_LIKE, 'llama-gqa');
const [HIDDEN, HEADS, KV_HEADS, HEAD_SIZE, LAYERS] = [64, 4, 2, 16, 2];

interface TokenizerJson {
  readonly model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
  readonly added_tokens: { id: number; content: string; special: boolean }[];
}

/** The tokenizer of a folder as the metadata of a GGUF file. */
export function tokenizerMetadata(folder: string, pre: string): Record<string, WrittenValue> {
  const { model, added_tokens } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as TokenizerJson;
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { id, content } of added_tokens) tokens[id] = content;
  const added = new Map(added_tokens.map((token) => [token.id, token]));
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': pre,
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokens.map((_, id) => (added.has(id) ? (added.get(id)!.special ? 3 : 4) : 1)),
    'tokenizer.ggml.merges': model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
    'tokenizer.ggml.bos_token_id': 0,
    'tokenizer.ggml.eos_token_id': 0,
  };
}

/** A SentencePiece tokenizer as the metadata of a GGUF file: scores in place of merges. */
export function sentencePieceMetadata(folder: string): Record<string, WrittenValue> {
  const { model, added_tokens } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as TokenizerJson;
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { id, content } of added_tokens) tokens[id] = content;
  const ranks = new Map<string, number>();
  model.merges.forEach((merge, rank) => {
    const token = (typeof merge === 'string' ? merge.split(' ') : merge).join('');
    if (!ranks.has(token)) ranks.set(token, rank);
  });
  const added = new Map(added_tokens.map(({ content, special }) => [content, special ? 3 : 4]));
  const typeOf = (token: string) => (token === '<unk>' ? 2 : (added.get(token) ?? (/^<0x..>$/.test(token) ? 6 : 1)));
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': tokens.map((token) => 0.5 - (ranks.get(token) ?? 1e6)),
    'tokenizer.ggml.token_type': tokens.map(typeOf),
    'tokenizer.ggml.unknown_token_id': tokens.indexOf('<unk>'),
    'tokenizer.ggml.bos_token_id': tokens.indexOf('<s>'),
    'tokenizer.ggml.eos_token_id': tokens.indexOf('</s>'),
  };
}

/** The ONNX model of SOURCE as a GGUF file: single precision, queries and keys with pairs as neighbours. */
export function smallLlama({ isTied = false } = {}): WrittenGguf {
  const file = openModelFile(join(SOURCE, 'onnx/model.onnx'));
  const values = (name: string) => {
    const tensor = file.model.graph.initializer.find((one) => one.name === name);
    if (!tensor) throw new Error(`no ${name}`);
    return tensorValues(file, tensor);
  };
  const tensors: Record<string, WrittenTensor> = {};
  const add = (name: string, dims: number[], data: Float32Array) => {
    tensors[name] = floatTensor(dims, data);
  };
  const matrix = (name: string, from: string, inner: number, outer: number) =>
    add(name, [inner, outer], turned(values(from), inner, outer));
  add('token_embd.weight', [HIDDEN, 500], values('model.embed_tokens.weight'));
  for (let i = 0; i < LAYERS; i++) {
    const qkv = turned(
      values(`model.layers.${i}.attn.qkv_proj.MatMul.weight`),
      HIDDEN,
      (HEADS + 2 * KV_HEADS) * HEAD_SIZE,
    );
    const part = (first: number, heads: number) =>
      qkv.slice(first * HEAD_SIZE * HIDDEN, (first + heads) * HEAD_SIZE * HIDDEN);
    add(`blk.${i}.attn_q.weight`, [HIDDEN, HEADS * HEAD_SIZE], paired(part(0, HEADS)));
    add(`blk.${i}.attn_k.weight`, [HIDDEN, KV_HEADS * HEAD_SIZE], paired(part(HEADS, KV_HEADS)));
    add(`blk.${i}.attn_v.weight`, [HIDDEN, KV_HEADS * HEAD_SIZE], part(HEADS + KV_HEADS, KV_HEADS));
    matrix(`blk.${i}.attn_output.weight`, `model.layers.${i}.attn.o_proj.MatMul.weight`, HIDDEN, HIDDEN);
    matrix(`blk.${i}.ffn_gate.weight`, `model.layers.${i}.mlp.gate_proj.MatMul.weight`, HIDDEN, HIDDEN);
    matrix(`blk.${i}.ffn_up.weight`, `model.layers.${i}.mlp.up_proj.MatMul.weight`, HIDDEN, HIDDEN);
    matrix(`blk.${i}.ffn_down.weight`, `model.layers.${i}.mlp.down_proj.MatMul.weight`, HIDDEN, HIDDEN);
    add(`blk.${i}.attn_norm.weight`, [HIDDEN], values(`model.layers.${i}.input_layernorm.weight`));
    add(`blk.${i}.ffn_norm.weight`, [HIDDEN], values(`model.layers.${i}.post_attention_layernorm.weight`));
  }
  add('output_norm.weight', [HIDDEN], values(`model.layers.${LAYERS}.final_norm_layernorm.weight`));
  if (!isTied) matrix('output.weight', 'lm_head.MatMul.weight', HIDDEN, 500);
  return { metadata: { ...settings(), ...tokenizerMetadata(SOURCE, 'gpt-2') }, tensors };
}

function settings(): Record<string, WrittenValue> {
  return {
    'general.architecture': 'llama',
    'llama.block_count': LAYERS,
    'llama.context_length': 64,
    'llama.embedding_length': HIDDEN,
    'llama.attention.head_count': HEADS,
    'llama.attention.head_count_kv': KV_HEADS,
    'llama.attention.layer_norm_rms_epsilon': { float: 1e-5 },
    'llama.rope.freq_base': { float: 100_000 },
  };
}

/** [inner, outer] as [outer, inner]. */
function turned(values: Float32Array, inner: number, outer: number): Float32Array {
  return Float32Array.from(
    { length: values.length },
    (_, at) => values[(at % inner) * outer + Math.floor(at / inner)]!,
  );
}

/** Rows of each head: its first half and its second half in turn. */
function paired(values: Float32Array): Float32Array {
  return Float32Array.from({ length: values.length }, (_, at) => {
    const [row, column] = [Math.floor(at / HIDDEN), at % HIDDEN];
    const [head, within] = [Math.floor(row / HEAD_SIZE), row % HEAD_SIZE];
    const source = head * HEAD_SIZE + (within % 2) * (HEAD_SIZE / 2) + Math.floor(within / 2);
    return values[source * HIDDEN + column]!;
  });
}
