import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { decodeModel, encodeModel } from '../../../../src/lm/onnx/graph/proto.js';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/hub-like');
const FILES = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.onnx'));

describe('ONNX protobuf', () => {
  test.each(FILES)('%s is the same, byte for byte, after decoding and encoding', (file) => {
    const bytes = readFileSync(join(FIXTURES, file));
    expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes)).toBe(0);
  });

  test('gives large tensors as views on the file, not as copies', () => {
    const bytes = readFileSync(join(FIXTURES, 'llama/onnx/model.onnx'));
    const [largest] = [...decodeModel(bytes).graph!.initializer].sort(
      (a, b) => (b.rawData?.length ?? 0) - (a.rawData?.length ?? 0),
    );
    expect(largest!.rawData!.buffer).toBe(bytes.buffer);
  });

  test('a decoded and encoded merged model still runs', async () => {
    const bytes = readFileSync(join(FIXTURES, 'gpt2-legacy/onnx/decoder_model_merged.onnx'));
    const session = await ort.InferenceSession.create(encodeModel(decodeModel(bytes)));
    expect(session.inputNames).toContain('use_cache_branch');
    await session.release();
  });

  test('keeps fields it does not know', () => {
    const unknown = Uint8Array.of(0xa2, 0x06, 3, 1, 2, 3); // field 100, three bytes
    const bytes = Uint8Array.of(0x08, 9, ...unknown);
    expect([...encodeModel(decodeModel(bytes))]).toEqual([...bytes]);
  });

  test('refuses what is not protobuf, and nesting without end, by name', () => {
    expect(() => decodeModel(Buffer.from('<!DOCTYPE html><html></html>'), 'model.onnx')).toThrow(
      expect.objectContaining({ code: 'E_MODEL_CORRUPT', where: 'model.onnx', exit: 'data' }),
    );
    let nested = Buffer.alloc(0);
    const wrap = (field: number, content: Buffer) => {
      const length: number[] = [];
      for (let rest = content.length; ; rest >>>= 7) {
        length.push(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
      }
      return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), content]);
    };
    // A graph in an attribute of a node in a graph, 200 times.
    for (let depth = 0; depth < 200; depth++) nested = wrap(1, wrap(5, wrap(6, nested)));
    expect(() => decodeModel(wrap(7, nested))).toThrow(expect.objectContaining({ code: 'E_MODEL_CORRUPT' }));
  });
});
