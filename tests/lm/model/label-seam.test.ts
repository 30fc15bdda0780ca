import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeToSeam, labelSeam } from '../../../src/lm/model/label-seam.js';
import { loadTokenizer } from '../../../src/lm/model/tokenizer.js';
import type { Tokenizer } from '../../../src/lm/model/types.js';
import { labelText } from '../../../src/template/label-text.js';
import { parseTemplate } from '../../../src/template/parse-template.js';
import { renderTemplate } from '../../../src/template/render-template.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/tokenizers');
const TEMPLATES = [
  '{input} {prompt}',
  '{input} {prompt} It was',
  '{input} {prompt}\nAnswer: ',
  '{input} {prompt}\nAnswer:   ',
  '{input} {prompt}\nAnswer:\n',
  '{input} {prompt}\nAnswer:\n\n',
  '{input} {prompt}\nAnswer:\t',
  '{input} {prompt} (',
  '{prompt}: {input}\n### Sentiment: "{label}',
];
const ROWS = [
  ['A fine film.', 'All in all'],
  ['über 12 Dinge, 3.5 % besser!', ''],
] as const;

const read = (source: string) => parseTemplate(source, { family: 'causal' });

describe('the seam between a text and its label words', () => {
  const names = readdirSync(FIXTURES).filter((name) => !name.includes('.') && name !== 'README');

  it.each(names)('leaves the tokens of the whole text as they are: %s', async (name) => {
    const tokenizer = await loadTokenizer(join(FIXTURES, name));
    const differ: unknown[] = [];
    for (const template of TEMPLATES.map(read)) {
      const texts = ['great', 'terrible', 'so so'].map((word) => labelText(template, word));
      const seam = labelSeam(tokenizer, template, texts);
      const toSeam = encodeToSeam((text) => tokenizer.encode(text), seam);
      for (const [input, prompt] of ROWS) {
        const text = renderTemplate(template, { input, prompt });
        for (const label of texts) {
          const whole = tokenizer.encode(text + label);
          const parts = [...toSeam(text), ...seam.tokens(label)];
          if (String(whole) !== String(parts)) differ.push([template.source, text + label, whole, parts]);
        }
      }
    }
    expect(differ).toEqual([]);
  });

  it('is before the blanks that a tokenizer joins with the word', async () => {
    const gpt2 = await loadTokenizer(join(FIXTURES, 'gpt2'));
    const spell = (ids: readonly number[]) => ids.map((id) => gpt2.piece(id));
    const blank = labelSeam(gpt2, read('{input} {prompt} Answer: '), ['great', 'terrible']);
    expect(blank).toMatchObject({ taken: 1, lead: [] });
    expect(spell(blank.tokens('great'))[0]).toMatch(/^Ġ/);
    const line = labelSeam(gpt2, read('{input} {prompt} Answer:\n'), ['great', 'terrible']);
    expect(line).toMatchObject({ taken: 0, lead: [] });
  });

  it('leaves to the text what all words have in common, so that a word of one token is one', () => {
    // GPT-2's way: the last blank of several is cut off from the others where a word follows, but not at the end of a text.
    const ids = new Map(
      [...['It', 'all', 'in', 'the', 'so.', ':', '\n\n', '\n'].entries()].map(([id, text]) => [text, id]),
    );
    const words: string[] = [];
    const wordId = (word: string) => (words.includes(word) ? words.indexOf(word) : words.push(word) - 1) + 100;
    const pieces = (text: string) => text.match(/\n+(?!\S)|\n|It|all|in|so\.|:|the|\w+/g) ?? [];
    const encode = (text: string) => pieces(text).map((piece) => ids.get(piece) ?? wordId(piece));
    const seam = labelSeam({ encode } as Tokenizer, read('{input} {prompt}:\n\n'), ['great', 'terrible']);
    expect(seam).toMatchObject({ taken: 1, lead: [ids.get('\n')] });
    expect(seam.tokens('great')).toEqual([wordId('great')]);
    expect(encodeToSeam(encode, seam)('It:\n\n')).toEqual(['It', ':', '\n', '\n'].map((piece) => ids.get(piece)));
  });
});
