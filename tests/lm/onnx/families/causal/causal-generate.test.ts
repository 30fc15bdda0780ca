import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../../../src/lm/load.js';
import type { GenerateRequest, LanguageModel } from '../../../../../src/lm/model/types.js';
import { HUB_LIKE } from '../../hub-like.js';

const request: GenerateRequest = {
  prefixes: ['the value of', 'returns a list', 'one', 'the value of'],
  samplesPerPrefix: 5,
  maxNewTokens: 8,
  stop: undefined,
  topK: 10,
  topP: 1,
  temperature: 1,
  seed: 3,
};

describe.each([
  ['gpt2', 'fp32'],
  ['gpt2-legacy', 'decoder_model'],
  ['llama-gqa', 'fp32'],
])('texts written by %s %s', (folder, dtype) => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadLanguageModel(join(HUB_LIKE, folder), { dtype });
  });
  afterAll(() => model.dispose());
  const write = (change: Partial<GenerateRequest> = {}) =>
    model.capabilities.generate!.generate({ ...request, ...change });

  it('are as many and as long as asked, and differ between samples', async () => {
    const texts = await write();
    expect(texts.map((samples) => samples.length)).toEqual([5, 5, 5, 5]);
    expect(texts.flat().every(({ tokenCount, stopped }) => stopped || tokenCount === 8)).toBe(true);
    expect(new Set(texts[0]!.map(({ text }) => text)).size).toBeGreaterThan(1);
    expect(texts[3]).not.toEqual(texts[0]);
  });

  it('are the same for the same seed, and do not depend on the other prefixes', async () => {
    const texts = await write();
    expect(await write()).toEqual(texts);
    expect((await write({ prefixes: ['returns a list'] }))[0]).toEqual(texts[1]);
    expect((await write({ seed: 4 }))[0]).not.toEqual(texts[0]);
  });

  it('end at the stop string, which is left out', async () => {
    const [plain] = await write({ prefixes: ['one'] });
    const stop = plain![0]!.text.slice(3, 4);
    const [cut] = await write({ prefixes: ['one'], stop });
    expect(cut![0]).toMatchObject({ text: plain![0]!.text.slice(0, plain![0]!.text.indexOf(stop)), stopped: true });
  });

  it('have a limit of their own each', async () => {
    const texts = await write({ prefixes: ['the value of', 'one'], maxNewTokens: [2, 5], topK: 1 });
    expect(texts.map(([first]) => first!.tokenCount)).toEqual([2, 5]);
  });

  it('are refused where the prefix fills the context', async () => {
    const long = 'value '.repeat(200);
    await expect(write({ prefixes: [long] })).rejects.toMatchObject({ code: 'E_CONTEXT_LENGTH' });
  });
});
