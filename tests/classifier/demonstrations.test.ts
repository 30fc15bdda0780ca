import { describe, expect, it } from 'vitest';
import { demonstratedTemplate } from '../../src/classifier/demonstrated-template.js';
import { drawDemonstrations, rowsPerLabel } from '../../src/classifier/draw-demonstrations.js';
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
    expect(() => demonstratedTemplate(masked, shown)).toThrow(
      expect.objectContaining({
        code: 'E_DEMOS_MASKED',
        exit: 'config',
        message: 'demonstrations are for causal language models; a masked one reads its answer at one mask',
        where: 'template "{input} {prompt} {mask}"',
        next: 'leave --demos out',
      }),
    );
    expect(demonstratedTemplate(masked, [])).toBe(masked);
  });

  it('are part of the source of the template, with their braces doubled and the place of the label kept', () => {
    const sourceOf = (source: string) =>
      demonstratedTemplate(parseTemplate(source, { family: 'causal' }), shown.slice(0, 1)).source;
    expect(sourceOf('{input} {prompt}')).toBe('fine {{a}} {prompt} great\n\n{input} {prompt}');
    expect(sourceOf('{input} {prompt} {label}')).toBe('fine {{a}} {prompt} great\n\n{input} {prompt} {label}');
  });

  it('are drawn in balance, without a row in both sets, and equal for equal seeds', () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ text: `row ${i}`, label: i % 3 }));
    const labels = ['a', 'b', 'c'].map((name) => ({ name, word: name }));
    const draw = () => drawDemonstrations(rows, labels, { count: 4, sets: 8, rng: Rng.create(1, 'demonstrations') });
    expect(draw()).toEqual(draw());
    expect(draw()).toHaveLength(8);
    expect(new Set(draw().map((set) => JSON.stringify(set))).size).toBe(8);
    for (const { demonstrations, standIns } of draw()) {
      const texts = [...demonstrations, ...standIns].map(({ text }) => text);
      expect(new Set(texts).size).toBe(8);
      for (const set of [demonstrations, standIns]) {
        const counts = labels.map(({ name }) => set.filter(({ label }) => label === name).length);
        expect(counts.sort()).toEqual([1, 1, 2]);
      }
    }
  });

  it('are rows of their label, with its name and its word', () => {
    const rows = ['n1', 'y1', 'n2', 'y2'].map((text) => ({ text, label: text.startsWith('y') ? 1 : 0 }));
    const labels = [
      { name: 'no', word: 'bad' },
      { name: 'yes', word: 'good' },
    ];
    const [set] = drawDemonstrations(rows, labels, { count: 2, sets: 1, rng: Rng.create(2, 'demonstrations') });
    const drawn = [...(set?.demonstrations ?? []), ...(set?.standIns ?? [])];
    expect(drawn.map(({ text }) => text).sort()).toEqual(['n1', 'n2', 'y1', 'y2']);
    for (const { text, ...label } of drawn) {
      expect(label).toEqual(text.startsWith('y') ? { label: 'yes', word: 'good' } : { label: 'no', word: 'bad' });
    }
  });

  it('take rows enough for two sets', () => {
    expect([rowsPerLabel(2, 2), rowsPerLabel(3, 2), rowsPerLabel(1, 4)]).toEqual([2, 4, 2]);
  });
});
