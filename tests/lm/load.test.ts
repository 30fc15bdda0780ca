import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel, requireCapability } from '../../src/lm/load.js';
import { embeddedModels } from '../../src/lm/model/embedded.js';
import { GraphBuilder } from '../../src/lm/onnx/graph/graph-builder.js';
import { knownDevices } from '../../src/lm/onnx/run/session.js';
import { golden, HUB_LIKE } from './onnx/hub-like.js';

const gpt2 = join(HUB_LIKE, 'gpt2');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-load-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loading a language model', () => {
  it('refuses a name that is neither embedded nor a folder, naming what is near', async () => {
    const [embedded] = embeddedModels();
    const wrong = `${embedded!.name.slice(0, -1)}x`;
    await expect(loadLanguageModel(wrong)).rejects.toMatchObject({
      code: 'E_MODEL_NOT_FOUND',
      exitCode: 66,
      message: expect.stringContaining(`did you mean ${embedded!.name}?`),
    });
  });

  it('gives the same instance twice, and frees it with its last user', async () => {
    const [first, second] = await Promise.all([loadLanguageModel(gpt2), loadLanguageModel(`${gpt2}/`)]);
    expect(second).toBe(first);
    await first!.dispose();
    const ids = golden('gpt2').items[0]!.ids;
    const { hidden } = await second!.capabilities.hiddenStates!.begin([ids]);
    expect(hidden[0]).toBeCloseTo(golden('gpt2').items[0]!.lastHidden[0]!, 4);
    await second!.dispose();
    const third = await loadLanguageModel(gpt2);
    expect(third).not.toBe(first);
    await third.dispose();
  });

  it('gives another instance to who has inputs cut elsewhere', async () => {
    const [tail, head] = await Promise.all([loadLanguageModel(gpt2), loadLanguageModel(gpt2, { truncate: 'head' })]);
    expect(head).not.toBe(tail);
    await Promise.all([tail, head].map((model) => model!.dispose()));
  });

  it('identifies a model by its contents', async () => {
    const copy = join(folder, 'copy');
    cpSync(gpt2, copy, { recursive: true });
    const [original, same] = await Promise.all([loadLanguageModel(gpt2), loadLanguageModel(copy)]);
    expect(same!.digest).toBe(original!.digest);
    const half = await loadLanguageModel(gpt2, { dtype: 'fp16' });
    expect(half.digest).not.toBe(original!.digest);
    expect([original!.dtype, half.dtype]).toEqual(['fp32', 'fp16']);
    await Promise.all([original, same, half].map((model) => model!.dispose()));
  });

  it('refuses weights that are not numbers', async () => {
    const broken = join(folder, 'nan');
    cpSync(gpt2, broken, { recursive: true });
    writeFileSync(join(broken, 'onnx', 'model.onnx'), lookupModel(Number.NaN));
    await expect(loadLanguageModel(broken, { dtype: 'fp32' })).rejects.toMatchObject({
      code: 'E_MODEL_NONFINITE',
      exitCode: 65,
    });
    writeFileSync(join(broken, 'onnx', 'model.onnx'), lookupModel(0.5));
    const model = await loadLanguageModel(broken, { dtype: 'fp32' });
    await model.dispose();
  });

  it.each([
    ['as it is read', false],
    ['as it is run', true],
  ])('refuses a graph that makes a tensor larger than any memory: %s', async (_, isHidden) => {
    const huge = join(folder, `huge-${isHidden}`);
    cpSync(gpt2, huge, { recursive: true });
    writeFileSync(join(huge, 'onnx', 'model.onnx'), hugeModel(isHidden));
    await expect(loadLanguageModel(huge, { dtype: 'fp32' })).rejects.toMatchObject({
      code: 'E_MODEL_MEMORY',
      exitCode: 65,
    });
  });

  it('refuses the half of an export that cannot begin a text', async () => {
    const load = loadLanguageModel(join(HUB_LIKE, 'gpt2-legacy'), { dtype: 'decoder_with_past_model' });
    await expect(load).rejects.toMatchObject({ code: 'E_MODEL_FORM', next: expect.stringContaining('decoder_model') });
  });

  it('refuses a device that the runtime does not have, before it reads weights', async () => {
    await expect(loadLanguageModel(gpt2, { device: 'abacus' })).rejects.toMatchObject({
      code: 'E_DEVICE',
      exitCode: 69,
      message: expect.stringContaining('cpu'),
      next: 'use --device cpu',
    });
  });

  it('refuses a device that the runtime knows and this machine lacks, saying why and which it knows', async () => {
    const [missing] = (await knownDevices()).filter((device) => device === 'tensorrt' || device === 'dml');
    const device = missing ?? 'coreml';
    const error = await loadLanguageModel(gpt2, { device }).then(
      (model) => model.dispose(),
      (reason: unknown) => reason,
    );
    // A machine that has it loads the model.
    if (error === undefined) return;
    expect(error).toMatchObject({ code: 'E_DEVICE', exitCode: 69, where: `--device ${device}` });
    expect((error as Error).message).toMatch(new RegExp(`${device}.*cpu`));
  });

  it('says that a dynamic int8 model runs row by row, unless batches are allowed', async () => {
    const careful = await loadLanguageModel(gpt2, { dtype: 'q8' });
    expect(careful.notes).toEqual([expect.stringContaining('one by one')]);
    const quick = await loadLanguageModel(gpt2, { dtype: 'q8', allowDynamicInt8: true });
    expect(quick.notes).toEqual([expect.stringContaining('do not repeat')]);
    await Promise.all([careful.dispose(), quick.dispose()]);
  });

  it('names the models that have a capability when one lacks it', async () => {
    const encoder = await loadLanguageModel(join(HUB_LIKE, 'bert-encoder'));
    expect(requireCapability(encoder, 'embed').embeddingSize).toBe(32);
    expect(() => requireCapability(encoder, 'labelScores')).toThrow(
      expect.objectContaining({
        code: 'E_MODEL_CAPABILITY',
        exitCode: 78,
        message: expect.stringContaining('causal, masked and encoder-decoder'),
      }),
    );
    await encoder.dispose();
  });
});

/** A causal model with a tensor of 2^40 elements in it; hidden: its size is not written down as a constant. */
function hugeModel(isHidden: boolean): Uint8Array {
  return lookupModel(0.5, (graph, states) => {
    const size = graph.constant('size', BigInt64Array.of(2n ** 40n), [1]);
    const shape = isHidden ? graph.node('Mul', [size, graph.constant('one', BigInt64Array.of(1n), [1])]) : size;
    const largest = graph.node('ReduceMax', [graph.node('ConstantOfShape', [shape])], { attributes: { keepdims: 0 } });
    return graph.node('Add', [states, largest]);
  });
}

/** A causal model of the right width that looks its tokens up in a table of one value. */
function lookupModel(
  value: number,
  change: (graph: GraphBuilder, states: string) => string = (_, states) => states,
): Uint8Array {
  const [width, hidden] = [500, 32];
  const graph = new GraphBuilder('lookup');
  const ids = graph.input('input_ids', 'int64', ['rows', 'positions']);
  const table = graph.constant('table', new Float32Array(width * hidden).fill(value), [width, hidden]);
  const head = graph.constant('head', new Float32Array(width * hidden).fill(0.1), [hidden, width]);
  const states = change(graph, graph.node('Tanh', [graph.node('Gather', [table, ids])]));
  graph.output(graph.node('MatMul', [states, head], { name: 'logits' }), 'float32', ['rows', 'positions', width]);
  return graph.build();
}
