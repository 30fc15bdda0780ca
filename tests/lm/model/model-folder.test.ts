import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findModelFolder } from '../../../src/lm/model/model-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file === 'config.json' ? '{"model_type": "llama"}' : 'x');
  }
}

function expectRefusal(code: string, exit: string, text: RegExp, dtype?: string): void {
  let line = '';
  try {
    findModelFolder(folder, dtype);
  } catch (error) {
    expect(error).toMatchObject({ code, exit });
    line = (error as { line(): string }).line();
  }
  expect(line).toMatch(text);
}

describe('findModelFolder', () => {
  test.each([
    [undefined, 'onnx/model.onnx', 'fp32'],
    ['fp32', 'onnx/model.onnx', 'fp32'],
    ['fp16', 'onnx/model_fp16.onnx', 'fp16'],
    ['q8', 'onnx/model_quantized.onnx', 'q8'],
    ['int8', 'onnx/model_int8.onnx', 'int8'],
    ['q4', 'onnx/model_q4.onnx', 'q4'],
    ['q4f16', 'onnx/model_q4f16.onnx', 'q4f16'],
    ['model_q4_gather', 'onnx/model_q4_gather.onnx', 'model_q4_gather'],
    ['model_q4_gather.onnx', 'onnx/model_q4_gather.onnx', 'model_q4_gather'],
  ])('finds %s as %s in the layout of the hub', (dtype, file, name) => {
    put('config.json', 'tokenizer.json', 'onnx/model_int8.onnx', 'onnx/model_q4_gather.onnx');
    put(...['', '_fp16', '_quantized', '_q4', '_q4f16'].map((suffix) => `onnx/model${suffix}.onnx`));
    expect(findModelFolder(folder, dtype)).toEqual({
      path: folder,
      config: { model_type: 'llama' },
      tokenizerPath: join(folder, 'tokenizer.json'),
      onnxPath: join(folder, file),
      dtype: name,
    });
  });

  test('prefers the merged decoder to those without a cache, and takes int8 for q8 where that is what there is', () => {
    put('config.json', 'tokenizer.json', 'onnx/decoder_model.onnx', 'onnx/decoder_model_merged.onnx');
    put('onnx/decoder_model_int8.onnx');
    expect(findModelFolder(folder).onnxPath).toBe(join(folder, 'onnx/decoder_model_merged.onnx'));
    expect(findModelFolder(folder, 'q8').onnxPath).toBe(join(folder, 'onnx/decoder_model_int8.onnx'));
  });

  test('reads a flat folder, and a single file of any name', () => {
    put('config.json', 'tokenizer.json', 'my-export.onnx');
    expect(findModelFolder(folder)).toMatchObject({ onnxPath: join(folder, 'my-export.onnx'), dtype: 'my-export' });
  });

  test('names what is missing and lists what is there', () => {
    expectRefusal('E_MODEL_CONFIG_MISSING', 'missingInput', /the folder is empty/);
    put('config.json', 'vocab.json');
    expectRefusal('E_TOKENIZER_MISSING', 'missingInput', /config\.json, vocab\.json/);
    put('tokenizer.json', 'model.safetensors');
    expectRefusal('E_MODEL_ONNX_MISSING', 'missingInput', /only PyTorch weights.*optimum-cli export onnx/);
    put('onnx/model.onnx', 'onnx/model_q4.onnx');
    expectRefusal('E_MODEL_DTYPE_MISSING', 'missingInput', /there is model, model_q4 .* --dtype fp32\|q4/, 'fp16');
    expectRefusal('E_DTYPE', 'usage', /did you mean fp16\?/, 'pf16');
    folder = join(folder, 'nowhere');
    expectRefusal('E_MODEL_FOLDER_MISSING', 'missingInput', /no such model folder/);
  });

  test('refuses a configuration that is no JSON object', () => {
    put('tokenizer.json', 'model.onnx');
    for (const content of ['{"model_type": ', '[]', 'null']) {
      writeFileSync(join(folder, 'config.json'), content);
      expectRefusal('E_MODEL_CONFIG', 'data', /config\.json/);
    }
  });
});
