import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../src/errors.js';
import { labelText, slotIsPrecededBySpace } from '../../src/template/label-text.js';
import {
  defaultTemplate,
  parseTemplate,
  type TemplateFamily,
  withLabelSpace,
} from '../../src/template/parse-template.js';
import { renderSegments, renderTemplate } from '../../src/template/render-template.js';

function refusal(source: string, family: TemplateFamily): RlpromptError {
  try {
    parseTemplate(source, { family });
  } catch (error) {
    if (error instanceof RlpromptError) return error;
    throw error;
  }
  throw new Error(`accepted ${source}`);
}

const causal = (source: string) => parseTemplate(source, { family: 'causal' });
const masked = (source: string) => parseTemplate(source, { family: 'masked' });

describe('parsing a template', () => {
  it('splits text and slots in order and keeps the source', () => {
    const template = masked('Say: {input} {prompt} {mask}.');
    expect(template.parts).toEqual([
      { kind: 'text', text: 'Say: ' },
      { kind: 'input', text: 'input' },
      { kind: 'text', text: ' ' },
      { kind: 'prompt', text: 'prompt' },
      { kind: 'text', text: ' ' },
      { kind: 'mask', text: 'mask' },
      { kind: 'text', text: '.' },
    ]);
    expect(template).toMatchObject({ source: 'Say: {input} {prompt} {mask}.', hasMask: true });
  });

  it('reads doubled braces as literal ones, also around a slot', () => {
    expect(renderTemplate(causal('{{{input}}} {prompt}'), { input: 'a', prompt: 'b' })).toBe('{a} b');
  });

  it.each([
    ['{input} {promt}', 'causal', 'E_TEMPLATE_UNKNOWN_SLOT', 'did you mean {prompt}?'],
    ['{input} { prompt }', 'causal', 'E_TEMPLATE_UNKNOWN_SLOT', 'did you mean {prompt}?'],
    ['{input} {prompt} {something-else}', 'causal', 'E_TEMPLATE_UNKNOWN_SLOT', 'the slots are'],
    ['{input} {prompt} {}', 'causal', 'E_TEMPLATE_UNKNOWN_SLOT', 'the slots are'],
    ['{input}', 'causal', 'E_TEMPLATE_MISSING_SLOT', '{prompt}'],
    ['{prompt}', 'causal', 'E_TEMPLATE_MISSING_SLOT', '{input}'],
    ['', 'causal', 'E_TEMPLATE_MISSING_SLOT', '{input}'],
    ['{input} {prompt}', 'masked', 'E_TEMPLATE_MISSING_SLOT', '{mask}'],
    ['{input} {prompt} {mask}', 'causal', 'E_TEMPLATE_MASK_IN_CAUSAL', 'causal'],
    ['{input} {prompt} {prompt}', 'causal', 'E_TEMPLATE_DOUBLED_SLOT', '{prompt} stands 2 times'],
    ['{input} {prompt} {mask} {mask}', 'masked', 'E_TEMPLATE_DOUBLED_SLOT', '{mask}'],
    ['{input} {prompt', 'causal', 'E_TEMPLATE_BRACE', 'lone {'],
    ['{input} {prompt} }', 'causal', 'E_TEMPLATE_BRACE', 'lone }'],
  ] as const)('refuses %j for a %s model with %s', (source, family, code, words) => {
    const error = refusal(source, family);
    expect(error).toMatchObject({ code, exitCode: 78 });
    expect(error.message).toContain(words);
    expect(error.next).toContain('--template');
  });
});

describe('rendering a template', () => {
  it.each([
    ['{input} {prompt}', 'good film', 'It was', 'good film It was'],
    ['{input} {prompt}', '  good film\n', ' It was ', 'good film It was'],
    ['{input} {prompt}', 'good film', '', 'good film'],
    ['{prompt} {input}', 'good film', '', 'good film'],
    ['{input} {prompt} Answer:', 'x', '', 'x Answer:'],
    ['{input}{prompt}', 'x', '', 'x'],
    ['{input}\n{prompt}\nAnswer:', 'x', '', 'x\nAnswer:'],
    ['{input} {prompt}\nAnswer:', 'x', ' ', 'x\nAnswer:'],
    ['{input} ({prompt}) so', 'x', '', 'x () so'],
    ['{input} {prompt}: \n', 'x', 'y', 'x y: \n'],
    ['{input} {prompt} Answer: ', 'x', 'y', 'x y Answer: '],
    ['{input}\n{prompt}', 'x', '', 'x'],
    ['{input} {prompt} {label}', 'x', '', 'x '],
    ['{raw}<u>{input} {prompt}<a>{label}', 'x', '', '<u>x<a>'],
    ['{raw}<u>{prompt} {input}<a>', 'x', '', '<u>x<a>'],
    ['{raw}[INST] {input} {prompt}[/INST]', 'x', 'y', '[INST] x y[/INST]'],
    ['{input} {prompt}', '{prompt}', '{input}', '{prompt} {input}'],
  ])('renders %j with input %j and prompt %j as %j', (source, input, prompt, expected) => {
    expect(renderTemplate(causal(source), { input, prompt })).toBe(expected);
  });

  it.each([
    ['{input} {prompt} {mask} .', '', 'x [MASK] .'],
    ['{mask} {prompt} {input}', '', '[MASK] x'],
    ['{prompt} {mask}: {input}', '', '[MASK]: x'],
    ['{input}{prompt}{mask}', '', 'x[MASK]'],
    ['{input} {mask} {prompt}', '', 'x [MASK]'],
  ])('renders the masked template %j with prompt %j as %j', (source, prompt, expected) => {
    expect(renderTemplate(masked(source), { input: 'x', prompt, mask: '[MASK]' })).toBe(expected);
  });

  it('gives the same text as its segments, of which the input can be cut alone', () => {
    const segments = renderSegments(defaultTemplate('causal'), { input: 'a long input', prompt: 'P' });
    expect(segments.map(({ kind, text }) => [kind, text])).toEqual([
      ['input', 'a long input'],
      ['text', ' '],
      ['prompt', 'P'],
    ]);
  });

  it('keeps inputs and prompts whole whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (input, prompt) => {
        const text = renderTemplate(defaultTemplate('causal'), { input, prompt });
        const expected = [input.trim(), prompt.trim()].filter((part) => part !== '').join(' ');
        expect(text).toBe(expected);
      }),
    );
  });

  it('never leaves doubled spaces, leading or trailing space around an empty slot', () => {
    const slots = fc.shuffledSubarray(['{input}', '{prompt}', '{mask}'], { minLength: 3 });
    const words = fc.array(fc.constantFrom('Text:', 'so', 'Answer'), { maxLength: 3 });
    fc.assert(
      fc.property(slots, words, fc.constantFrom('', 'x'), fc.constantFrom('', 'p q'), (order, extra, input, prompt) => {
        const source = [...order, ...extra].join(' ');
        const text = renderTemplate(masked(source), { input, prompt, mask: '<mask>' });
        expect(text).toBe(text.trim());
        expect(text).not.toContain('  ');
      }),
    );
  });

  it('reads back every literal text it escapes', () => {
    fc.assert(
      fc.property(fc.string(), (literal) => {
        const source = `{input}|${literal.replaceAll('{', '{{').replaceAll('}', '}}')}|{prompt}`;
        expect(renderTemplate(causal(source), { input: 'a', prompt: 'b' })).toBe(`a|${literal}|b`);
      }),
    );
  });
});

describe('the text of a label word', () => {
  it('follows a causal text after one space', () => {
    expect(labelText(causal('{input} {prompt}:'), 'great')).toBe(' great');
    expect(labelText(defaultTemplate('causal'), 'great')).toBe(' great');
  });

  it.each([
    '{input} {prompt} Answer: ',
    '{input} {prompt}\nassistant\n',
    '{input} {prompt} (',
    '{input} {prompt} “',
    '{input} {prompt}这是',
    '{input} {prompt} 情感：',
    '{input} {prompt} เป็น',
  ])('needs no space behind %j', (source) => {
    expect(labelText(causal(source), 'great')).toBe('great');
  });

  it('in a script without spaces follows an input or a prompt at once', () => {
    expect(labelText(defaultTemplate('causal'), '好')).toBe('好');
    expect(labelText(causal('{input} {prompt} Answer:'), '好')).toBe(' 好');
  });

  it('is as it is written where the template ends in {label}', () => {
    expect(labelText(causal('{input} {prompt}:{label}'), 'great')).toBe('great');
    expect(renderTemplate(causal('{input} {prompt}: {label}'), { input: 'x', prompt: 'y' })).toBe('x y: ');
    expect(withLabelSpace(causal('{input} {prompt}:'), true).source).toBe('{input} {prompt}: {label}');
    expect(withLabelSpace(causal('{input} {prompt}:'), false).source).toBe('{input} {prompt}:{label}');
    expect(withLabelSpace(causal('{input} {prompt}:{label}'), true).source).toBe('{input} {prompt}:{label}');
  });

  it('depends on the character before the mask of a masked text', () => {
    expect(labelText(defaultTemplate('masked'), 'great')).toBe(' great');
    expect(labelText(masked('{mask} {prompt} {input}'), 'great')).toBe('great');
    expect(labelText(masked('{input} {prompt} ({mask})'), 'great')).toBe('great');
    expect(labelText(masked('{input} {prompt}{mask}'), 'great')).toBe('great');
  });

  it('tells for every slot whether a space stands before it', () => {
    const template = masked('{prompt}\n{input}x{mask}');
    expect(slotIsPrecededBySpace(template, 'input')).toBe(true);
    expect(slotIsPrecededBySpace(template, 'prompt')).toBe(false);
    expect(slotIsPrecededBySpace(template, 'mask')).toBe(false);
  });
});
