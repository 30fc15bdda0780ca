import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { safeLine, safeText } from '../../../src/ui/draw/safe-text.js';
import { cutToWidth, fitToWidth, widthOf } from '../../../src/ui/draw/text-width.js';
import { tell } from '../../faults/report/figures.js';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

describe('cutToWidth', () => {
  it('leaves no half of an escape', () => {
    const text = safeText('ab\u200dcd\u001be');
    expect(text).toBe('ab\\u{200d}cd\\x1be');
    for (let width = 4; width <= 10; width++) expect(cutToWidth(text, width)).toBe('ab…');
    expect(cutToWidth(text, 11)).toBe('ab\\u{200d}…');
    expect(cutToWidth(text, 15)).toBe('ab\\u{200d}cd…');
  });
});

describe('safeText', () => {
  it('makes every C0 and C1 control and DEL visible', () => {
    for (const code of [...Array(32).keys(), ...Array.from({ length: 33 }, (_, i) => 127 + i)]) {
      expect(safeText(String.fromCharCode(code))).toMatch(/^\\(x[0-9a-f]{2}|[nrt])$/);
    }
  });

  it('shows what a hostile text would have done', () => {
    expect(safeText('\u001B]52;c;ZXZpbA==\u0007')).toBe('\\x1b]52;c;ZXZpbA==\\x07');
    expect(safeText('\u009D8;;http://evil\u009C')).toBe('\\x9d8;;http://evil\\x9c');
    expect(safeText('abc\u202Edcb\u2066')).toBe('abc\\u{202e}dcb\\u{2066}');
    expect(safeText('zero\u200B width\uFEFF')).toBe('zero\\u{200b} width\\u{feff}');
    expect(safeText('two\r\nlines\t')).toBe('two\\r\\nlines\\t');
    expect(safeText('lone \uD83D half')).toBe('lone \\u{d83d} half');
    expect(safeText('line\u2028paragraph\u2029')).toBe('line\\u{2028}paragraph\\u{2029}');
  });

  it('leaves ordinary text of any language as it is', () => {
    for (const text of ['Is this spam?', 'größer · 表示 ✓ 😀', 'हिन्दी', 'עברית']) expect(safeText(text)).toBe(text);
  });

  it('lets marks stack three high and no higher', () => {
    expect(safeText(`a${'\u0300'.repeat(5)}`)).toBe('a\u0300\u0300\u0300\\u{0300}\\u{0300}');
  });

  it('cuts a line of a megabyte', () => {
    expect(safeText('x'.repeat(1_000_000))).toHaveLength(2001);
  });

  it('holds for any string, and changes nothing the second time', (context) => {
    const runs = 5000;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const once = safeText(text);
        return !UNSAFE.test(once) && safeText(once) === once;
      }),
      { numRuns: runs, seed: 7 },
    );
    tell(context, { texts: runs, escapes: 0 });
  });

  it('makes the values of a template safe', () => {
    expect(safeLine`a ${'\u0007'} b ${1}`).toBe('a \\x07 b 1');
  });
});

describe('widths', () => {
  it('count wide glyphs as two columns, also where a cut falls into one', () => {
    expect(cutToWidth(safeText('表示表示'), 5)).toBe('表示…');
    expect(cutToWidth(safeText('表示表示'), 4)).toBe('表…');
    expect(fitToWidth(safeText('表'), 4)).toBe('表  ');
    expect(fitToWidth(safeText('1.5'), 6, 'right')).toBe('   1.5');
  });

  it('never exceed the room given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 0, max: 40 }), (text, width) => {
        expect(stringWidth(cutToWidth(safeText(text), width))).toBeLessThanOrEqual(width);
        expect(widthOf(fitToWidth(safeText(text), width))).toBe(width);
      }),
      { seed: 7 },
    );
  });

  it('take the short way only for characters one column wide', () => {
    for (let code = 0x20; code <= 0x2fff; code++) {
      const character = String.fromCharCode(code);
      expect(widthOf(character), `U+${code.toString(16)}`).toBe(stringWidth(character));
    }
  });
});
