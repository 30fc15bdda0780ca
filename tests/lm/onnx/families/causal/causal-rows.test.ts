import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLanguageModel } from '../../../../../src/lm/load.js';
import type { LabelScoreRequest, LanguageModel } from '../../../../../src/lm/model/types.js';
import { defaultTemplate, parseTemplate } from '../../../../../src/template/parse-template.js';
import { HUB_LIKE } from '../../hub-like.js';

const inputs = Array.from({ length: 12 }, (_, i) => `returns the value of item ${i} ${'in the list '.repeat(i % 4)}`);
const prompts = ['is it', 'not a file', 'so', 'x = 3'];
const rows = prompts.flatMap((_, prompt) => inputs.map((_, input) => [prompt, input] as const));

function request(model: LanguageModel, source?: string): LabelScoreRequest {
  const template = source ? parseTemplate(source, { family: 'causal' }) : defaultTemplate('causal');
  const words = [
    { label: 'a', word: 'the' },
    { label: 'b', word: 'very formal' },
    { label: 'c', word: 'very' },
  ];
  const labels = model.capabilities.labelScores!.resolveLabels(template, words);
  return { template, inputs, prompts, labels, rows, normalise: 'word' };
}

describe.each(['gpt2', 'gpt2-legacy', 'llama-gqa'])('rows of %s', (folder) => {
  it('keep their bits when memory is so short that prefixes are given up and rows run in small calls', async () => {
    const wide = await loadLanguageModel(join(HUB_LIKE, folder));
    const narrow = await loadLanguageModel(join(HUB_LIKE, folder), { maxMemoryBytes: 40_000 });
    const expected = await wide.capabilities.labelScores!.labelScores(request(wide));
    expect(await narrow.capabilities.labelScores!.labelScores(request(narrow))).toEqual(expected);
    expect(await narrow.capabilities.labelScores!.labelScores(request(narrow))).toEqual(expected);
    await Promise.all([wide.dispose(), narrow.dispose()]);
  });

  it.each(['{prompt} {input}', '{input} it is {prompt} so', 'a {prompt} "{input}" "'])(
    'of the template %s are log-probabilities of the label after the whole text',
    async (source) => {
      const model = await loadLanguageModel(join(HUB_LIKE, folder));
      const whole = request(model, source);
      const scores = await model.capabilities.labelScores!.labelScores(whole);
      for (const row of [0, 17, 47]) {
        const [prompt, input] = rows[row]!;
        const text = source.replace('{prompt}', prompts[prompt]!).replace('{input}', inputs[input]!.trim());
        for (const [column, label] of whole.labels.entries()) {
          const [before, after] = await model.capabilities.likelihood!.textLogProbs([text, text + label.text]);
          const expected = (after!.logProb - before!.logProb) / label.wordCount;
          expect(Math.abs(scores[row * 3 + column]! - expected), `${text} ${label.word}`).toBeLessThan(1e-3);
        }
      }
      await model.dispose();
    },
  );
});
