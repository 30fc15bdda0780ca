import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../src/lm/load.js';
import type { LabelWord, LanguageModel } from '../../../src/lm/model/types.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { allVariants, HUB_LIKE } from './hub-like.js';

interface MaskedItem {
  text: string;
  ids: number[];
  logProbs: { id: number; logProb: number }[];
}

const files = allVariants().filter(({ golden }) => golden.kind === 'mlm');

describe.each(files)('$folder/$name', ({ folder, name, golden, variant }) => {
  const items = golden.items as unknown as MaskedItem[];
  const answers = (variant as unknown as { ort: { logProbs: number[] }[] }).ort;
  let loaded: LanguageModel | undefined;
  afterAll(() => loaded?.dispose());

  it('scores labels at the mask as the whole model does, wherever the prompt stands', async () => {
    loaded = await loadLanguageModel(join(HUB_LIKE, folder), { dtype: name });
    const { tokenizer, capabilities } = loaded;
    const mask = tokenizer!.piece(tokenizer!.maskTokenId!);
    const tolerance = name === 'model.onnx' ? 5e-5 : name.includes('fp16') ? 2e-2 : 0.3;
    for (const [i, item] of items.entries()) {
      const [before, after] = item.text.split(mask) as [string, string];
      const labels = item.logProbs.map(({ id }): LabelWord => {
        return { label: `${id}`, word: `${id}`, text: `${id}`, tokenIds: [id], wordCount: 1 };
      });
      for (const [source, input, prompt] of splits(before, after)) {
        const request = {
          template: parseTemplate(source, { family: 'masked' }),
          inputs: [input],
          prompts: [prompt],
          labels,
        };
        const scores = await capabilities.labelScores!.labelScores({ ...request, rows: [[0, 0]], normalise: 'none' });
        for (const column of labels.keys()) {
          const expected = answers[i]!.logProbs[column]! - answers[i]!.logProbs[0]!;
          expect(Math.abs(scores[column]! - scores[0]! - expected), `${source} ${column}`).toBeLessThan(tolerance);
        }
      }
    }
  });
});

/** The same text with the prompt before the input, between input and mask, and after the mask. */
function splits(before: string, after: string): [source: string, input: string, prompt: string][] {
  const words = before.trim().split(' ');
  const [head, tail] = [words[0]!, words.slice(1).join(' ')];
  const end = after.trim();
  const result: [string, string, string][] = [];
  if (tail !== '') {
    result.push([`{prompt} {input} {mask}${after}`, tail, head], [`{input} {prompt} {mask}${after}`, head, tail]);
  }
  if (end !== '' && after.startsWith(' ')) result.push(['{input} {mask} {prompt}', before, end]);
  return result;
}

describe('a masked language model', () => {
  it('finds its own mask where the input holds the name of the mask token', async () => {
    const model = await loadLanguageModel(join(HUB_LIKE, 'bert'));
    const template = parseTemplate('{input} {prompt} {mask} .', { family: 'masked' });
    const scorer = model.capabilities.labelScores!;
    const labels = scorer.resolveLabels(template, [
      { label: 'a', word: 'the' },
      { label: 'b', word: 'of' },
    ]);
    const request = { template, labels, rows: [[0, 0]] as const, normalise: 'none' as const };
    const first = await scorer.labelScores({ ...request, inputs: ['[MASK] value'], prompts: ['is'] });
    const last = parseTemplate('{input} value {prompt} {mask} .', { family: 'masked' });
    const same = await scorer.labelScores({ ...request, template: last, inputs: ['[MASK]'], prompts: ['is'] });
    expect(first).toEqual(same);
    await model.dispose();
  });

  it('refuses a label word of several tokens by name', async () => {
    const model = await loadLanguageModel(join(HUB_LIKE, 'roberta'));
    const template = parseTemplate('{input} {prompt} {mask}', { family: 'masked' });
    const words = [
      { label: 'good', word: 'marvellous' },
      { label: 'bad', word: 'the' },
    ];
    expect(() => model.capabilities.labelScores!.resolveLabels(template, words)).toThrow(
      expect.objectContaining({ code: 'E_VERBALIZER_TOKENS', message: expect.stringContaining('marvellous') }),
    );
    await model.dispose();
  });
});
