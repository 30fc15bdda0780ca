import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RlpromptError } from '../../../../src/errors.js';
import { openModelFile } from '../../../../src/lm/onnx/graph/file/model-file.js';
import { GraphBuilder } from '../../../../src/lm/onnx/graph/graph-builder.js';
import { decodeModel, encodeModel, type OnnxModel } from '../../../../src/lm/onnx/graph/proto.js';
import { splitHead } from '../../../../src/lm/onnx/head/split-head.js';
import { HUB_LIKE } from '../hub-like.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-checks-'));
  path = join(folder, 'model.onnx');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LLAMA = join(HUB_LIKE, 'llama/onnx/model.onnx');

function expectRefusal(code: string, exit: string, message = /./): void {
  expect(() => openModelFile(path)).toThrow(
    expect.objectContaining({ code, exit, message: expect.stringMatching(message) }),
  );
}

function writeChanged(change: (model: OnnxModel) => void): void {
  const model = decodeModel(readFileSync(LLAMA));
  change(model);
  writeFileSync(path, encodeModel(model));
}

describe('files that are no usable ONNX model', () => {
  test('a missing file, and a folder in its place', () => {
    expectRefusal('E_MODEL_MISSING', 'missingInput', /no such/);
    mkdirSync(path);
    expectRefusal('E_MODEL_MISSING', 'missingInput', /not a file/);
  });

  test.each([
    ['E_MODEL_EMPTY', ''],
    ['E_MODEL_HTML', '<!DOCTYPE html>\n<html><body>Not Found</body></html>'],
    ['E_MODEL_HTML', '\n  <html lang="en">'],
    ['E_MODEL_LFS_POINTER', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 651476276\n'],
    ['E_MODEL_NOT_ONNX', '{"error":"Entry not found"}'],
    ['E_MODEL_CORRUPT', 'Entry not found'],
    ['E_MODEL_CORRUPT', '\0'.repeat(100)],
  ])('%s for %j', (code, content) => {
    writeFileSync(path, content);
    expectRefusal(code, 'data');
  });

  test('an operator set or an IR newer than the runtime reads', () => {
    writeChanged((model) => {
      model.opsetImport = [{ domain: '', version: 99 }];
    });
    expectRefusal('E_MODEL_OPSET', 'data', /opset 99, the runtime reads up to 26/);
    writeChanged((model) => {
      model.irVersion = 99;
    });
    expectRefusal('E_MODEL_IR', 'data', /IR version 99, the runtime reads up to 13/);
  });

  test('an operator nobody defines, named', () => {
    writeChanged((model) => {
      Object.assign(model.graph!.node[5]!, { opType: 'Frobnicate', domain: 'org.example' });
    });
    expectRefusal('E_MODEL_UNKNOWN_OP', 'data', /org\.example\.Frobnicate/);
  });

  test.each([200, 2000])('graphs in graphs, %i deep', (depth) => {
    writeFileSync(path, nestedGraphs(depth));
    expectRefusal('E_MODEL_CORRUPT', 'data', /depth/);
  });

  test('a tensor that is shorter than its shape, and a shape beyond memory', () => {
    writeChanged((model) => {
      model.graph!.initializer[0]!.dims = [7, 7, 7];
    });
    expectRefusal('E_MODEL_CORRUPT', 'data', /its shape needs/);
    writeChanged((model) => {
      model.graph!.initializer[0]!.dims = [2 ** 40, 2 ** 40];
    });
    expectRefusal('E_MODEL_CORRUPT', 'data', /has the shape/);
  });
});

describe('damaged files', () => {
  const sources = ['llama-gqa-shared/onnx/model_q4.onnx', 'gpt2-legacy/onnx/decoder_model_merged_quantized.onnx'];

  test.each(sources)('%s cut short anywhere is refused as data', (source) => {
    const whole = readFileSync(join(HUB_LIKE, source));
    const lengths = [1, 2, 20].flatMap((n) => [n, whole.length - n]);
    for (let i = 1; i < 60; i++) lengths.push(Math.floor((whole.length * i) / 60));
    for (const length of lengths) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => openModelFile(path), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'E_MODEL_CORRUPT', exit: 'data', where: path }),
      );
    }
  });

  test.each(sources)('%s with bytes changed at random is cut or refused by name, nothing else', async (source) => {
    const whole = readFileSync(join(HUB_LIKE, source));
    const cut = { whole: 0, refused: 0 };
    for (let seed = 1; seed <= 250; seed++) {
      const bytes = Buffer.from(whole);
      // Half of the changes hit the structure at the file's ends, where weights do not swallow them.
      const next = generator(seed);
      for (let n = 0; n <= seed % 8; n++) bytes[next() % (seed % 2 ? 30_000 : bytes.length)] = next() % 256;
      writeFileSync(path, bytes);
      try {
        const model = await splitHead(path);
        await model.headColumns([0, 1]);
        cut.whole++;
      } catch (error) {
        expect(error, `seed ${seed}: ${(error as Error).stack}`).toBeInstanceOf(RlpromptError);
        cut.refused++;
      }
    }
    expect(cut.whole).toBeGreaterThan(10);
    expect(cut.refused).toBeGreaterThan(10);
  });
});

describe('external data', () => {
  const data = () => join(folder, 'model.onnx_data');
  beforeEach(() => {
    copyFileSync(join(HUB_LIKE, 'llama-external/onnx/model.onnx'), path);
    copyFileSync(join(HUB_LIKE, 'llama-external/onnx/model.onnx_data'), data());
  });

  function pointTo(location: string, more: Record<string, string> = {}): void {
    const model = decodeModel(readFileSync(path));
    for (const tensor of model.graph!.initializer) {
      if (!tensor.externalData?.length) continue;
      const entries = {
        ...Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value])),
        location,
        ...more,
      };
      tensor.externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    }
    writeFileSync(path, encodeModel(model));
  }

  test('is found beside the model, and counted among its files', async () => {
    expect((await splitHead(path)).files).toEqual([path, data()]);
  });

  test('that is missing is named', () => {
    rmSync(data());
    expectRefusal('E_MODEL_EXTERNAL_MISSING', 'missingInput', /model\.onnx_data, which is not there/);
  });

  test('that is short is named with its bytes', () => {
    truncateSync(data(), 200_000);
    expectRefusal('E_MODEL_EXTERNAL_SHORT', 'data', /model\.onnx_data has 200000 bytes, tensor .* needs bytes/);
  });

  test.each(['../model.onnx_data', '/etc/passwd', 'a/../../model.onnx_data', '', '.'])(
    'at %j is refused',
    (location) => {
      pointTo(location);
      expectRefusal('E_MODEL_PATH', 'data');
    },
  );

  test.each([{ offset: '-1' }, { offset: '1e9' }, { length: '-1' }, { offset: '9007199254740993' }])(
    'with %j is refused',
    (change) => {
      pointTo('model.onnx_data', change);
      expect(() => openModelFile(path)).toThrow(expect.objectContaining({ exit: 'data' }));
    },
  );

  test('behind a symbolic link that leaves the folder is refused', () => {
    const outside = mkdtempSync(join(tmpdir(), 'rlprompt-outside-'));
    copyFileSync(data(), join(outside, 'data'));
    rmSync(data());
    symlinkSync(join(outside, 'data'), data());
    expectRefusal('E_MODEL_PATH', 'data', /a link to/);
    rmSync(outside, { recursive: true });
  });

  test('in the layout of the hub cache, all links into one folder of blobs, is read', async () => {
    const snapshot = join(folder, 'snapshot');
    mkdirSync(snapshot);
    for (const name of ['model.onnx', 'model.onnx_data']) symlinkSync(join('..', name), join(snapshot, name));
    const cut = await splitHead(join(snapshot, 'model.onnx'));
    expect((await cut.head()).weights.length).toBe(32 * 500);
  });

  test('that is a hard link is refused', () => {
    linkSync(data(), join(folder, 'other-name'));
    expectRefusal('E_MODEL_PATH', 'data', /hard link/);
  });
});

test('a graph whose values depend on each other in a circle is refused', async () => {
  const graph = new GraphBuilder('circle');
  const ids = graph.input('input_ids', 'int64', ['n', 'p']);
  const x = graph.node('Cast', [ids], { attributes: { to: 1 } });
  graph.node('Transpose', ['b'], { name: 'a' });
  graph.node('Transpose', ['a'], { name: 'b' });
  graph.node('MatMul', [x, 'b'], { name: 'logits' });
  graph.output('logits', 'float32', ['n', 'p', 5]);
  writeFileSync(path, graph.build());
  await expect(splitHead(path)).rejects.toMatchObject({ code: 'E_MODEL_HEAD' });
});

/** A model whose If nodes stand in each other's branches, as bytes: the encoder itself does not go so deep. */
function nestedGraphs(depth: number): Buffer {
  const varint = (value: number): Buffer =>
    value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value % 128) + 128), varint(Math.floor(value / 128))]);
  const field = (number: number, body: Buffer) => Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
  const name = field(2, Buffer.from('g'));
  let graph = name;
  for (let i = 0; i < depth; i++) {
    const attribute = Buffer.concat([field(1, Buffer.from('then_branch')), field(6, graph)]);
    const node = Buffer.concat([field(4, Buffer.from('If')), field(5, attribute)]);
    graph = Buffer.concat([field(1, node), name]);
  }
  const operatorSet = field(8, Buffer.of(2 * 8, 17));
  return Buffer.concat([Buffer.of(8, 8), field(7, graph), operatorSet]);
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}
