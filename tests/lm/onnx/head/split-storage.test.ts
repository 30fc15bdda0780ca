import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeModel } from '../../../../src/lm/onnx/graph/proto.js';
import { type SplitModel, splitHead } from '../../../../src/lm/onnx/head/split-head.js';
import { golden, HUB_LIKE, openSource, runText } from '../hub-like.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-cut-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const onDisk = (path: string): Promise<SplitModel> => splitHead(path, { cutFolder: folder, inMemoryBytes: 0 });
const pathOf = (cut: SplitModel): string => ('path' in cut.source ? cut.source.path : '');

describe('a split model on disk', () => {
  test.each([
    ['gpt2', 'model'],
    ['gpt2-legacy', 'decoder_model_merged_quantized'],
    ['llama-external', 'model'],
    ['llama-gqa', 'model_q4f16'],
    ['roberta', 'model_fp16'],
  ])('%s/%s computes the same hidden states as in memory', async (name, file) => {
    const path = join(HUB_LIKE, name, 'onnx', `${file}.onnx`);
    const [stored, held] = [await onDisk(path), await splitHead(path)];
    expect(stored.source).toHaveProperty('path');
    expect(held.source).toHaveProperty('bytes');
    const { ids } = golden(name).items[0]!;
    const [a, b] = await Promise.all([openSource(stored.source), openSource(held.source)]);
    const fromDisk = await runText(a, stored, stored.hiddenOutput, ids);
    expect([...fromDisk]).toEqual([...(await runText(b, held, held.hiddenOutput, ids))]);
    expect([...(await stored.head()).weights]).toEqual([...(await held.head()).weights]);
    await Promise.all([a.release(), b.release()]);
  });

  test('removes what a process that is gone has left half-written an hour ago', async () => {
    const [old, fresh] = ['a.4194999-0123456789ab.tmp', 'b.4194999-0123456789ab.tmp'];
    for (const name of [old, fresh]) mkdirSync(join(folder, name));
    utimesSync(join(folder, old), 0, 0);
    await onDisk(join(HUB_LIKE, 'llama/onnx/model.onnx'));
    const names = readdirSync(folder);
    expect([names.includes(old), names.includes(fresh)]).toEqual([false, true]);
  });

  test('keeps the weights in one file, aligned, and without the head', async () => {
    const cut = await onDisk(join(HUB_LIKE, 'llama/onnx/model.onnx'));
    const [graph, weights] = ['model.onnx', 'weights.bin'].map((name) => join(dirname(pathOf(cut)), name));
    expect(readdirSync(dirname(pathOf(cut))).sort()).toEqual(['model.onnx', 'origin.txt', 'weights.bin']);
    expect(statSync(graph!).size).toBeLessThan(80_000);
    const tensors = decodeModel(readFileSync(graph!)).graph!.initializer;
    expect(tensors.map(({ name }) => name)).not.toContain(cut.description.weight);
    const entries = tensors.flatMap(({ externalData }) => (externalData?.length ? [externalData] : []));
    expect(entries.length).toBeGreaterThan(10);
    for (const entry of entries) {
      const value = (key: string) => entry.find((one) => one.key === key)!.value;
      expect(value('location')).toBe('weights.bin');
      expect(Number(value('offset')) % 4096).toBe(0);
      expect(Number(value('offset')) + Number(value('length'))).toBeLessThanOrEqual(statSync(weights!).size);
    }
  });

  test('is used again as long as the model is the same, and made again when it changes', async () => {
    const path = join(folder, 'model.onnx');
    copyFileSync(join(HUB_LIKE, 'qwen2/onnx/model.onnx'), path);
    const first = pathOf(await onDisk(path));
    const written = statSync(first, { bigint: true });
    const again = pathOf(await onDisk(path));
    expect(again).toBe(first);
    expect(statSync(again, { bigint: true })).toMatchObject({ ino: written.ino, mtimeNs: written.mtimeNs });
    utimesSync(path, 1, 1);
    expect(pathOf(await onDisk(path))).not.toBe(first);
  });

  test('is made again when its weights were cut short', async () => {
    const path = join(HUB_LIKE, 'qwen2/onnx/model.onnx');
    const first = pathOf(await onDisk(path));
    const weights = join(dirname(first), 'weights.bin');
    const { size } = statSync(weights);
    truncateSync(weights, size - 1);
    expect(pathOf(await onDisk(path))).toBe(first);
    expect(statSync(weights).size).toBe(size);
    expect(readdirSync(folder)).toEqual([basename(dirname(first))]);
  });

  test('that cannot be written is refused with the folder named and nothing left behind', async () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, 'a file where the folder should be');
    const path = join(HUB_LIKE, 'qwen2/onnx/model.onnx');
    await expect(splitHead(path, { cutFolder: blocked, inMemoryBytes: 0 })).rejects.toMatchObject({
      code: 'E_CUT_WRITE',
      exit: 'cannotCreate',
      where: expect.stringContaining(blocked),
    });
    expect(readdirSync(folder)).toEqual(['blocked']);
  });
});
