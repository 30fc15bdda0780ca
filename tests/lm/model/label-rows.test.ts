import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelRows, openEncoder, sharedText, TruncationCount } from '../../../src/lm/model/label-rows.js';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import type { LabelScoreRequest, Tokenizer } from '../../../src/lm/model/types.js';
import { defaultTemplate, parseTemplate } from '../../../src/template/parse-template.js';
import { renderSegments } from '../../../src/template/render-template.js';
import { HUB_LIKE } from '../onnx/hub-like.js';

const template = defaultTemplate('causal');

function request(inputs: string[], prompts: string[]): LabelScoreRequest {
  const rows = prompts.flatMap((_, prompt) => inputs.map((_, input) => [prompt, input] as const));
  return { template, inputs, prompts, labels: [], rows, normalise: 'none' };
}

describe('the rows of a request', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer(join(HUB_LIKE, 'gpt2'));
  });

  it('are the tokens of the rendered text', () => {
    const count = new TruncationCount();
    const encode = openEncoder(tokenizer);
    const rows = labelRows(request(['a value '], ['is not', '']), { template, limit: 60, encode }, count);
    expect(rows.map((row) => tokenizer.decode(row.tokens))).toEqual(['a value is not', 'a value']);
    expect(count).toMatchObject({ cut: 0, total: 2 });
  });

  it('lose the end of an input that does not fit, and keep as much as fits', () => {
    const count = new TruncationCount();
    const encode = openEncoder(tokenizer);
    const input = Array.from({ length: 40 }, (_, i) => `value${i}`).join(' ');
    const [row] = labelRows(request([input], ['is not this']), { template, limit: 20, encode }, count);
    const text = tokenizer.decode(row!.tokens);
    expect(text.endsWith(' is not this')).toBe(true);
    expect(input.startsWith(text.slice(0, -' is not this'.length))).toBe(true);
    expect(row!.tokens.length).toBeGreaterThan(17);
    expect(row!.tokens.length).toBeLessThanOrEqual(20);
    expect(count).toMatchObject({ cut: 1, total: 1 });
  });

  it.each([
    ['head', /^\w* ?value3\d/, /value39 is not this$/],
    ['middle', /^value0 value1/, /value39 is not this$/],
  ] as const)('lose the %s of an input where that is asked for', (truncate, begins, ends) => {
    const encode = openEncoder(tokenizer);
    const input = Array.from({ length: 40 }, (_, i) => `value${i}`).join(' ');
    const options = { template, limit: 30, encode, truncate };
    const [row] = labelRows(request([input], ['is not this']), options, new TruncationCount());
    const text = tokenizer.decode(row!.tokens);
    expect(text).toMatch(ends);
    expect(text).toMatch(begins);
    expect(text.includes(' … ')).toBe(truncate === 'middle');
    expect(row!.tokens.length).toBeLessThanOrEqual(30);
    expect(row!.tokens.length).toBeGreaterThan(25);
  });

  it('are refused where template and prompt alone are too long', () => {
    const encode = openEncoder(tokenizer);
    const options = { template, limit: 4, encode };
    expect(() => labelRows(request(['a'], ['one two three four five']), options, new TruncationCount())).toThrow(
      expect.objectContaining({ code: 'E_CONTEXT_LENGTH', exitCode: 65 }),
    );
  });

  it('share what stands before their second slot', () => {
    const shared = (source: string) =>
      sharedText(renderSegments(parseTemplate(source, { family: 'causal' }), { input: 'a film', prompt: 'so good' }));
    expect(shared('{input} {prompt}')).toBe('a film');
    expect(shared('Review: {input} It was {prompt} .')).toBe('Review: a film It was');
    expect(shared('{prompt} "{input}" "')).toBe('so good "');
  });

  it('begin as the tokenizer begins a text, and have no end mark', async () => {
    const llama = await loadTokenizer(join(HUB_LIKE, 'llama'));
    expect(openEncoder(llama)('a')[0]).toBe(llama.bosTokenId);
    expect(openEncoder(llama)('')).toEqual([llama.bosTokenId]);
    expect(openEncoder(tokenizer)('')).toEqual([tokenizer.bosTokenId]);
    const bert = await loadTokenizer(join(HUB_LIKE, 'bert'));
    expect(openEncoder(bert)('a').at(-1)).not.toBe(bert.eosTokenId);
  });
});
