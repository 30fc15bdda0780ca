import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectModel, type ModelInspection } from '../../../../src/lm/onnx/families/inspect-model.js';
import { GraphBuilder } from '../../../../src/lm/onnx/graph/graph-builder.js';
import { golden, HUB_LIKE } from '../hub-like.js';

// architecture | family | head | node | tied | vocabulary x hidden | layers | cache | inputs | batch | uses | opset
const EXPECTED = [
  [
    'bert',
    'model',
    'BertForMaskedLM | masked | MatMul | /cls/predictions/decoder/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | exact | target | opset 11',
  ],
  [
    'bert',
    'model_fp16',
    'BertForMaskedLM | masked | MatMul | /cls/predictions/decoder/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | exact | target | opset 11',
  ],
  [
    'bert',
    'model_quantized',
    'BertForMaskedLM | masked | MatMul | /cls/predictions/decoder/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | dynamic | target | opset 11',
  ],
  [
    'bert-classifier',
    'model',
    'BertForSequenceClassification | classifier | - | - | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | exact | classifier | opset 11',
  ],
  [
    'bert-classifier',
    'model_fp16',
    'BertForSequenceClassification | classifier | - | - | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | exact | classifier | opset 11',
  ],
  [
    'bert-classifier',
    'model_quantized',
    'BertForSequenceClassification | classifier | - | - | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | dynamic | classifier | opset 11',
  ],
  [
    'bert-encoder',
    'model',
    'BertModel | encoder | - | - | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | exact | embedder | opset 11',
  ],
  [
    'bert-encoder',
    'model_fp16',
    'BertModel | encoder | - | - | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | exact | embedder | opset 11',
  ],
  [
    'bert-encoder',
    'model_quantized',
    'BertModel | encoder | - | - | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask+token_type_ids | dynamic | embedder | opset 11',
  ],
  [
    'distilbert',
    'model',
    'DistilBertForMaskedLM | masked | MatMul | /vocab_projector/MatMul | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask | exact | target | opset 14',
  ],
  [
    'distilbert',
    'model_quantized',
    'DistilBertForMaskedLM | masked | MatMulInteger | /vocab_projector/MatMul_quant | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask | dynamic | target | opset 14',
  ],
  [
    'gpt2',
    'model',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'gpt2',
    'model_fp16',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'gpt2',
    'model_q4',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'gpt2',
    'model_quantized',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | dynamic | generator+target | opset 14',
  ],
  [
    'gpt2-legacy',
    'decoder_model',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask | exact | generator+target | opset 13',
  ],
  [
    'gpt2-legacy',
    'decoder_model_fp16',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask | exact | generator+target | opset 13',
  ],
  [
    'gpt2-legacy',
    'decoder_model_merged',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | exact | generator+target | opset 13',
  ],
  [
    'gpt2-legacy',
    'decoder_model_merged_quantized',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | dynamic | generator+target | opset 13',
  ],
  [
    'gpt2-legacy',
    'decoder_model_quantized',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask | dynamic | generator+target | opset 13',
  ],
  [
    'gpt2-legacy',
    'decoder_with_past_model',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask | exact |  | opset 13',
  ],
  [
    'gpt2-nodedup',
    'decoder_model_merged',
    'GPT2LMHeadModel | causal | MatMul | /lm_head/MatMul | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | exact | generator+target | opset 13',
  ],
  [
    'gpt2-nodedup',
    'decoder_model_q4',
    'GPT2LMHeadModel | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x32 | 2 layers | no kv | input_ids+attention_mask | exact | generator+target | opset 13',
  ],
  [
    'gpt_neox',
    'model',
    'GPTNeoXForCausalLM | causal | MatMul | /embed_out/MatMul | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'gpt_neox',
    'model_fp16',
    'GPTNeoXForCausalLM | causal | MatMul | /embed_out/MatMul | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'gpt_neox',
    'model_q4',
    'GPTNeoXForCausalLM | causal | MatMulNBits | /embed_out/MatMul_Q4 | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'gpt_neox',
    'model_quantized',
    'GPTNeoXForCausalLM | causal | MatMulInteger | /embed_out/MatMul_quant | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | dynamic | generator+target | opset 14',
  ],
  [
    'gpt_neox-legacy',
    'decoder_model_merged',
    'GPTNeoXForCausalLM | causal | MatMul | /embed_out/MatMul | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | exact | generator+target | opset 13',
  ],
  [
    'gpt_neox-legacy',
    'decoder_model_merged_q4',
    'GPTNeoXForCausalLM | causal | MatMulNBits | /embed_out/MatMul_Q4 | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | exact | generator+target | opset 13',
  ],
  [
    'gpt_neox-legacy',
    'decoder_model_merged_quantized',
    'GPTNeoXForCausalLM | causal | MatMulInteger | /embed_out/MatMul_quant | apart | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | dynamic | generator+target | opset 13',
  ],
  [
    'llama',
    'model',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama',
    'model_fp16',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama',
    'model_q4',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama',
    'model_q4f16',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama',
    'model_quantized',
    'LlamaForCausalLM | causal | MatMulInteger | /lm_head/MatMul_quant | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | dynamic | generator+target | opset 14',
  ],
  [
    'llama-external',
    'model',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama-external',
    'model_q4',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama-gqa',
    'model',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | apart | 500x64 | 2 layers | kv float32 | input_ids+attention_mask | exact | generator+target | opset 14',
  ],
  [
    'llama-gqa',
    'model_fp16',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | apart | 500x64 | 2 layers | kv float16 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama-gqa',
    'model_q4',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x64 | 2 layers | kv float32 | input_ids+attention_mask | exact | generator+target | opset 14',
  ],
  [
    'llama-gqa',
    'model_q4f16',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x64 | 2 layers | kv float16 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama-gqa',
    'model_quantized',
    'LlamaForCausalLM | causal | MatMulInteger | /lm_head/MatMul_quant | apart | 500x64 | 2 layers | kv float32 | input_ids+attention_mask | dynamic | generator+target | opset 14',
  ],
  [
    'llama-gqa-shared',
    'model_q4',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q8 | tied | 500x64 | 2 layers | kv float32 | input_ids+attention_mask | exact | generator+target | opset 21',
  ],
  [
    'llama-gqa-shared',
    'model_q4_gather',
    'LlamaForCausalLM | causal | MatMulNBits | /lm_head/MatMul_Q4 | apart | 500x64 | 2 layers | kv float32 | input_ids+attention_mask | exact | generator+target | opset 21',
  ],
  [
    'llama-tied',
    'model',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 500x64 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama-tied',
    'model_q4',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 500x64 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'llama-tied',
    'model_quantized',
    'LlamaForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 500x64 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | dynamic | generator+target | opset 14',
  ],
  [
    'opt',
    'model',
    'OPTForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'opt',
    'model_quantized',
    'OPTForCausalLM | causal | MatMul | /lm_head/MatMul | apart | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | dynamic | generator+target | opset 14',
  ],
  [
    'opt-legacy',
    'decoder_model_merged',
    'OPTForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 500x32 | 2 layers | kv float32 | input_ids+attention_mask+use_cache_branch | exact | generator+target | opset 13',
  ],
  [
    'qwen2',
    'model',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'qwen2',
    'model_fp16',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'qwen2',
    'model_q4',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 14',
  ],
  [
    'qwen2',
    'model_quantized',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | dynamic | generator+target | opset 14',
  ],
  [
    'qwen2-dynamo',
    'model',
    'Qwen2ForCausalLM | causal | MatMul | node_linear_14 | tied | 512x32 | 2 layers | no kv | input_ids+attention_mask | exact | generator+target | opset 18',
  ],
  [
    'qwen2-gqa',
    'model',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask | exact | generator+target | opset 14',
  ],
  [
    'qwen2-gqa',
    'model_q4',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask | exact | generator+target | opset 14',
  ],
  [
    'qwen2-gqa',
    'model_quantized',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask | dynamic | generator+target | opset 14',
  ],
  [
    'qwen2-num-logits',
    'model',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+num_logits_to_keep | exact | generator+target | opset 14',
  ],
  [
    'qwen2-optimum-onnx',
    'model',
    'Qwen2ForCausalLM | causal | MatMul | /lm_head/MatMul | tied | 512x32 | 2 layers | kv float32 | input_ids+attention_mask+position_ids | exact | generator+target | opset 18',
  ],
  [
    'roberta',
    'model',
    'RobertaForMaskedLM | masked | MatMul | /lm_head/decoder/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask | exact | target | opset 11',
  ],
  [
    'roberta',
    'model_fp16',
    'RobertaForMaskedLM | masked | MatMul | /lm_head/decoder/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask | exact | target | opset 11',
  ],
  [
    'roberta',
    'model_quantized',
    'RobertaForMaskedLM | masked | MatMul | /lm_head/decoder/MatMul | tied | 500x32 | 2 layers | no kv | input_ids+attention_mask | dynamic | target | opset 11',
  ],
] as const;

const ONE_BY_ONE = 'this file only continues texts, one token at a time';

test('every fixture stands in the table', () => {
  const listed = EXPECTED.map(([folder, file]) => `${folder}/${file}.onnx`);
  const folders = [...new Set(EXPECTED.map(([folder]) => folder))];
  expect(folders.length).toBe(22);
  expect(listed.sort()).toEqual(
    folders.flatMap((folder) => Object.keys(golden(folder).variants).map((file) => `${folder}/${file}`)).sort(),
  );
});

test.each(EXPECTED)('%s/%s is found to be what it is', async (folder, file, expected) => {
  const found = await inspectModel(join(HUB_LIKE, folder), file);
  expect(summary(found)).toBe(expected);
  const variant = golden(folder).variants[`${file}.onnx`]!;
  expect(found.sizeBytes).toBe(variant.bytes);
  expect(found.opset).toBe(variant.opset['ai.onnx']);
  expect(found.inputs.filter((name) => !name.startsWith('past'))).toEqual(variant.inputs);
  expect(found.refusal).toBe(file === 'decoder_with_past_model' ? ONE_BY_ONE : undefined);
  const headBytes = found.headOp ? 4 * found.vocabularySize! * found.hiddenSize! : 0;
  expect(found.memoryBytes).toBeGreaterThan(headBytes + 20_000);
  expect(found.memoryBytes).toBeLessThan(headBytes + found.sizeBytes);
});

test('a number format is found by the name hub users give it', async () => {
  expect(await inspectModel(join(HUB_LIKE, 'llama'), 'q8')).toMatchObject({ dtype: 'q8', dynamicQuantised: true });
  expect(await inspectModel(join(HUB_LIKE, 'llama'))).toMatchObject({ dtype: 'fp32', dynamicQuantised: false });
});

test('a language model that cannot be cut is usable for nothing, and the reason is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-inspect-'));
  const graph = new GraphBuilder('capped');
  const ids = graph.input('input_ids', 'int64', ['n', 'p']);
  const hidden = graph.node('Gather', [graph.constant('table', new Float32Array(6), [2, 3]), ids]);
  const product = graph.node('MatMul', [hidden, graph.constant('head', new Float32Array(6), [3, 2])]);
  graph.node('Tanh', [product], { name: 'logits' });
  graph.output('logits', 'float32', ['n', 'p', 2]);
  writeFileSync(join(folder, 'model.onnx'), graph.build());
  writeFileSync(join(folder, 'tokenizer.json'), '{}');
  writeFileSync(join(folder, 'config.json'), '{"model_type": "gemma2"}');
  expect(await inspectModel(folder)).toMatchObject({
    architecture: 'gemma2',
    family: 'causal',
    usableAs: [],
    refusal: expect.stringContaining('the logits are made by Tanh'),
  });
  rmSync(folder, { recursive: true });
});

function summary(found: ModelInspection): string {
  return [
    found.architecture,
    found.family,
    found.headOp ?? '-',
    found.headNode ?? '-',
    found.tied ? 'tied' : 'apart',
    `${found.vocabularySize}x${found.hiddenSize}`,
    `${found.layers} layers`,
    found.kvCache ? `kv ${found.kvCache}` : 'no kv',
    found.inputs.filter((name) => !name.startsWith('past')).join('+'),
    found.dynamicQuantised ? 'dynamic' : 'exact',
    found.usableAs.join('+'),
    `opset ${found.opset}`,
  ].join(' | ');
}
