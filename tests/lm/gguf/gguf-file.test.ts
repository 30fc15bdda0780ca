import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RlpromptError } from '../../../src/errors.js';
import { readGguf } from '../../../src/lm/gguf/gguf-file.js';
import { loadLanguageModel } from '../../../src/lm/load.js';
import { findModelFolder } from '../../../src/lm/model/model-folder.js';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import { inspectModel } from '../../../src/lm/onnx/families/inspect-model.js';
import { openModelFile } from '../../../src/lm/onnx/graph/file/model-file.js';
import { smallLlama } from './small-llama.js';
import {
  F32,
  floatTensor,
  ggufBytes,
  text,
  uint32,
  uint64,
  type WrittenGguf,
  type WrittenValue,
} from './write-gguf.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const write = (bytes: Uint8Array): string => {
  const path = join(folder, `${files++}.gguf`);
  writeFileSync(path, bytes);
  return path;
};
const model = smallLlama();
const changed = (metadata: Record<string, WrittenValue | undefined>, more: Partial<WrittenGguf> = {}) => {
  const all = Object.entries({ ...model.metadata, ...metadata }).filter(([, value]) => value !== undefined);
  return ggufBytes({ ...model, ...more, metadata: Object.fromEntries(all) as Record<string, WrittenValue> });
};
/** The beginning of a file with so many tensors and entries, and what follows. */
const head = (tensors: number, entries: number, ...rest: Buffer[]) =>
  Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(tensors), uint64(entries), ...rest, Buffer.alloc(64)]);
const tensor = (dims: number[], type: number, offset: number) =>
  Buffer.concat([text('t'), uint32(dims.length), ...dims.map(uint64), uint32(type), uint64(offset)]);

describe('a damaged GGUF file is refused', () => {
  it.each<[string, Buffer, RegExp]>([
    ['that is another file', Buffer.from('PK\x03\x04'.padEnd(64)), /does not begin as one/],
    ['that is empty', Buffer.alloc(0), /does not begin as one/],
    ['with more tensors than bytes', head(2 ** 40, 0), /announces \d+ bytes/],
    ['with more entries than bytes', head(0, 2 ** 52), /announces \d+ bytes/],
    ['with a name longer than the file', head(0, 1, uint64(2 ** 50)), /announces \d+ bytes/],
    ['with a list longer than the file', head(0, 1, text('k'), uint32(9), uint32(8), uint64(2 ** 45)), /announces/],
    ['with lists in lists', head(0, 1, text('k'), uint32(9), uint32(9), uint64(1)), /unknown type/],
    ['with a value of no type', head(0, 1, text('k'), uint32(77)), /unknown type/],
    ['with a key twice', head(0, 2, text('k'), uint32(4), uint32(1), text('k'), uint32(4), uint32(1)), /"k" twice/],
    ['with a tensor twice', head(2, 0, tensor([1], F32, 0), tensor([1], F32, 0)), /tensor "t" twice/],
    ['with a tensor behind its end', head(1, 0, tensor([1024], F32, 0)), /needs bytes/],
    ['with a tensor that begins behind its end', head(1, 0, tensor([1], F32, 2 ** 50)), /needs bytes/],
    ['with a shape that no memory holds', head(1, 0, tensor([2 ** 31, 2 ** 31], F32, 0)), /the shape/],
    ['with an empty tensor', head(1, 0, tensor([0], F32, 0)), /the shape \[0\]/],
    ['with half a block', head(1, 0, tensor([16], 2, 0)), /the shape \[16\]/],
    ['with five dimensions', head(1, 0, tensor([1, 1, 1, 1, 1], F32, 0)), /5 dimensions/],
    ['with an alignment that is none', head(0, 1, text('general.alignment'), uint32(4), uint32(0)), /alignment is 0/],
  ])('%s', (_, bytes, message) => {
    const path = write(bytes);
    expect(() => readGguf(path)).toThrow(expect.objectContaining({ code: 'E_GGUF', exitCode: 65 }));
    expect(() => readGguf(path)).toThrow(message);
  });

  it('wherever it is cut off', () => {
    const whole = ggufBytes(model);
    for (let length = 0; length < whole.length - 32; length += 97) {
      const path = write(whole.subarray(0, length));
      expect(() => readGguf(path), String(length)).toThrow(RlpromptError);
      rmSync(path);
    }
  });

  it('or read, with any byte changed, and never in another way', async () => {
    const whole = ggufBytes(model);
    for (let at = 0; at < 600; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at]! + 1 + ((at * 37) % 254)) % 256;
      const path = write(bytes);
      try {
        openModelFile(path);
        findModelFolder(path);
        await loadTokenizer(path);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(RlpromptError);
      }
      rmSync(path);
    }
  });

  it.each<[string, Record<string, WrittenValue | undefined>, RegExp]>([
    ['without layers', { 'llama.block_count': undefined }, /block_count is undefined/],
    ['with too many layers', { 'llama.block_count': 1e6 }, /block_count is 1000000/],
    ['with more layers than weights', { 'llama.block_count': 3 }, /lacks the tensor "blk.2/],
    ['with another width', { 'llama.embedding_length': 32 }, /has the shape/],
    ['with heads that do not share evenly', { 'llama.attention.head_count_kv': 3 }, /4 heads of 16 on 3 keys/],
    ['without tokens', { 'tokenizer.ggml.tokens': undefined }, /no list of tokens/],
    ['with fewer types than tokens', { 'tokenizer.ggml.token_type': [1] }, /lack their types/],
    ['with a token that is none', { 'tokenizer.ggml.bos_token_id': 1e6 }, /bos token has the id 1000000/],
    ['without merges', { 'tokenizer.ggml.merges': undefined }, /no list of merges/],
  ])('%s', async (_, metadata, message) => {
    const path = write(changed(metadata));
    await expect(loadLanguageModel(path)).rejects.toThrow(expect.objectContaining({ code: 'E_GGUF' }));
    await expect(loadLanguageModel(path)).rejects.toThrow(message);
  });
});

describe('a GGUF file that is not run is refused by name', () => {
  it.each<[string, Record<string, WrittenValue>, RegExp]>([
    ['another architecture', { 'general.architecture': 'mamba' }, /architecture is "mamba"/],
    ['experts', { 'llama.expert_count': 8 }, /has experts/],
    ['stretched positions', { 'llama.rope.scaling.type': 'yarn' }, /scaled by "yarn"/],
    ['another tokenizer', { 'tokenizer.ggml.model': 't5' }, /of the kind "t5"/],
    ['another way to split texts', { 'tokenizer.ggml.pre': 'deepseek-llm' }, /split in the way "deepseek-llm"/],
  ])('%s', async (_, metadata, message) => {
    const path = write(changed(metadata));
    await expect(loadLanguageModel(path)).rejects.toThrow(expect.objectContaining({ code: 'E_GGUF_UNSUPPORTED' }));
    await expect(loadLanguageModel(path)).rejects.toThrow(message);
  });

  it('an old version', () => {
    expect(() => readGguf(write(ggufBytes({ ...model, version: 1 })))).toThrow(/version 1; versions 2 and 3/);
  });

  it('weights of a type that is not read', () => {
    const q2k = { dims: [256, 1], type: 10, bytes: new Uint8Array(84) };
    const path = write(ggufBytes({ ...model, tensors: { ...model.tensors, extra: q2k } }));
    expect(() => readGguf(path)).toThrow(/"extra" is stored as Q2_K; read are F32/);
  });

  it('a tokenizer, by inspection as by loading', async () => {
    const path = write(changed({ 'tokenizer.ggml.pre': 'unheard-of' }));
    const { refusal, usableAs } = await inspectModel(path);
    expect(usableAs).toEqual([]);
    await expect(loadLanguageModel(path)).rejects.toThrow(refusal);
  });
});

describe('a GGUF file', () => {
  it('of the older version is read', () => {
    expect(readGguf(write(ggufBytes({ ...model, version: 2 }))).tensors.size).toBe(Object.keys(model.tensors).length);
  });

  it('that is replaced is read again', () => {
    const path = write(changed({ 'llama.context_length': 32 }));
    expect(findModelFolder(path).config.max_position_embeddings).toBe(32);
    writeFileSync(path, changed({ 'llama.context_length': 48, 'general.name': 'longer' }));
    expect(findModelFolder(path).config.max_position_embeddings).toBe(48);
  });

  it('in a folder without ONNX files is what the refusal names', () => {
    const path = join(folder, 'only-gguf');
    mkdirSync(path);
    writeFileSync(join(path, 'config.json'), '{}');
    writeFileSync(join(path, 'tokenizer.json'), '{}');
    writeFileSync(join(path, 'model.gguf'), ggufBytes(model));
    expect(() => findModelFolder(path)).toThrow(
      expect.objectContaining({ next: `name the GGUF file itself: ${join(path, 'model.gguf')}` }),
    );
  });

  it('with biases and divided frequencies uses them', async () => {
    const bias = floatTensor(
      [64],
      Float32Array.from({ length: 64 }, (_, i) => i / 64),
    );
    const load = async (tensors: WrittenGguf['tensors']) => {
      const own = await loadLanguageModel(write(ggufBytes({ ...model, tensors: { ...model.tensors, ...tensors } })));
      const { hidden } = await own.capabilities.hiddenStates!.begin([[5, 17, 99, 4]]);
      await own.dispose();
      return hidden;
    };
    const plain = await load({});
    expect(await load({ 'blk.0.attn_q.bias': floatTensor([64], new Float32Array(64)) })).toEqual(plain);
    expect(await load({ 'blk.0.attn_q.bias': bias })).not.toEqual(plain);
    expect(await load({ 'rope_freqs.weight': floatTensor([8], new Float32Array(8).fill(1)) })).toEqual(plain);
    expect(await load({ 'rope_freqs.weight': floatTensor([8], new Float32Array(8).fill(4)) })).not.toEqual(plain);
  });
});
