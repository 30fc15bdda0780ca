import { describe, expect, it } from 'vitest';
import { demonstratedTemplate } from '../../src/classifier/demonstrated-template.js';
import { drawDemonstrations } from '../../src/classifier/draw-demonstrations.js';
import { sharedText } from '../../src/lm/model/label-rows.js';
import { Rng } from '../../src/random/rng.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { renderSegments, renderTemplate } from '../../src/template/render-template.js';

const shown = [
  { text: 'fine {a} ', label: '1', word: 'great' },
  { text: 'awful', label: '0', word: 'bad' },
];

describe('demonstrations', () => {
  it.each([
    ['{input} {prompt}', 'It was', 'fine {a} It was great\n\nawful It was bad\n\nnew It was'],
    ['{input} {prompt}', '', 'fine {a} great\n\nawful bad\n\nnew'],
    ['{prompt}\n{input} ->', 'Say:', 'Say:\nfine {a} -> great\n\nSay:\nawful -> bad\n\nSay:\nnew ->'],
  ])('stand before the input as the template %s has it, with prompt "%s"', (source, prompt, text) => {
    const template = demonstratedTemplate(parseTemplate(source, { family: 'causal' }), shown);
    expect(renderTemplate(template, { input: 'new', prompt })).toBe(text);
  });

  it('are shared by all rows of a prompt', () => {
    const template = demonstratedTemplate(parseTemplate('{input} {prompt}', { family: 'causal' }), shown);
    const shared = sharedText(renderSegments(template, { input: 'new', prompt: 'It was' }));
    expect(shared).toBe('fine {a} It was great\n\nawful It was bad');
  });

  it('are refused where a mask is to be filled', () => {
    const masked = parseTemplate('{input} {prompt} {mask}', { family: 'masked' });
    expect(() => demonstratedTemplate(masked, shown)).toThrow(expect.objectContaining({ code: 'E_DEMOS_MASKED' }));
  });

  it('are drawn in balance, without a row in both sets, and equal for equal seeds', () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ text: `row ${i}`, label: i % 3 }));
    const labels = ['a', 'b', 'c'].map((name) => ({ name, word: name }));
    const draw = () => drawDemonstrations(rows, labels, { count: 4, sets: 8, rng: Rng.create(1, 'demonstrations') });
    expect(draw()).toEqual(draw());
    for (const { demonstrations, standIns } of draw()) {
      const texts = [...demonstrations, ...standIns].map(({ text }) => text);
      expect(new Set(texts).size).toBe(8);
      for (const set of [demonstrations, standIns]) {
        const counts = labels.map(({ name }) => set.filter(({ label }) => label === name).length);
        expect(counts.sort()).toEqual([1, 1, 2]);
      }
    }
  });
});
