import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { halfToFloat } from '../../../src/lm/onnx/graph/float16.js';
import type { ModelInput, SplitModel } from '../../../src/lm/onnx/head/split-head.js';

export const HUB_LIKE = join(import.meta.dirname, '../../fixtures/hub-like');

export interface GoldenItem {
  text: string;
  ids: number[];
  position: number;
  lastHidden: number[];
}

export interface GoldenHead {
  op: string;
  node: string;
  hidden: string;
  weight: string;
  layout: string;
  bias: string | null;
  sharedWithEmbedding: boolean;
  weightMaxAbsDiff: number;
}

export interface GoldenVariant {
  opset: Record<string, number>;
  bytes: number;
  inputs: string[];
  notableOps: string[];
  head?: GoldenHead[];
  hiddenMaxAbsDiff: number;
  hiddenTimesWeightMaxAbsDiff: number;
}

export interface Golden {
  kind: 'causal' | 'mlm' | 'cls' | 'enc';
  modelType: string;
  vocabSize: number;
  hiddenSize: number;
  layers: number;
  items: GoldenItem[];
  variants: Record<string, GoldenVariant>;
}

export function golden(folder: string): Golden {
  return JSON.parse(readFileSync(join(HUB_LIKE, folder, 'golden.json'), 'utf8')) as Golden;
}

/** Every model file of the fixtures, with what PyTorch and the runtime said about it. */
export function allVariants(): {
  folder: string;
  name: string;
  path: string;
  golden: Golden;
  variant: GoldenVariant;
}[] {
  const folders = readdirSync(HUB_LIKE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name: folder }) => {
    const data = golden(folder);
    return Object.entries(data.variants).map(([name, variant]) => {
      return { folder, name, path: join(HUB_LIKE, folder, 'onnx', name), golden: data, variant };
    });
  });
}

/** Loads what a cut says the runtime should load. */
export function openSource(source: SplitModel['source']): Promise<ort.InferenceSession> {
  return 'path' in source ? ort.InferenceSession.create(source.path) : ort.InferenceSession.create(source.bytes);
}

/**
 * Runs a model over one text and gives an output's values in float32, all positions; a decoder that takes one token a
 * call is stepped through the text.
 */
export async function runText(
  session: ort.InferenceSession,
  cut: Pick<SplitModel, 'inputs' | 'kv'>,
  output: string,
  ids: readonly number[],
): Promise<Float32Array> {
  const oneByOne = cut.inputs.find(({ name }) => name === 'input_ids')!.dims[1] === 1;
  const steps = oneByOne ? ids.map((id) => [id]) : [ids];
  const parts: Float32Array[] = [];
  let past: Record<string, ort.Tensor> = {};
  let done = 0;
  for (const step of steps) {
    const feeds = Object.fromEntries(cut.inputs.map((input) => [input.name, feed(input, step, done, past)]));
    const results = await session.run(feeds);
    parts.push(floats(results[output]!));
    past = Object.fromEntries((cut.kv?.inputs ?? []).map((name, i) => [name, results[cut.kv!.outputs[i]!]!]));
    done += step.length;
  }
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function feed(input: ModelInput, ids: readonly number[], done: number, past: Record<string, ort.Tensor>): ort.Tensor {
  const longs = (values: readonly number[]) =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  switch (input.name) {
    case 'input_ids':
      return longs(ids);
    case 'attention_mask':
      return longs(Array.from({ length: done + ids.length }, () => 1));
    case 'position_ids':
      return longs(ids.map((_, i) => done + i));
    case 'token_type_ids':
      return longs(ids.map(() => 0));
    case 'use_cache_branch':
      return new ort.Tensor('bool', [done > 0], [1]);
    case 'num_logits_to_keep':
      return new ort.Tensor('int64', BigInt64Array.of(0n), []);
    default: {
      const dims = [1, input.dims[1] as number, 0, input.dims[3] as number];
      const empty = input.type === 'float16' ? new Uint16Array() : new Float32Array();
      return past[input.name] ?? new ort.Tensor(input.type as 'float32', empty as Float32Array, dims);
    }
  }
}

/** A tensor's values in float32. */
export function floats(tensor: ort.Tensor): Float32Array {
  if (tensor.type !== 'float16') return tensor.data as Float32Array;
  const { buffer, byteOffset, byteLength } = tensor.data as Uint16Array;
  return halfToFloat(new Uint16Array(buffer, byteOffset, byteLength / 2));
}

export function maxAbsDiff(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} values beside ${b.length}`);
  let max = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // NaN must not pass for agreement.
    if (!(difference <= max)) max = difference;
  }
  return max;
}
