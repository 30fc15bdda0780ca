import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { exportPrompt } from '../../src/export/export-prompt.js';
import { tsFormat } from '../../src/export/formats/code/ts.js';
import { csvFormat } from '../../src/export/formats/data/csv.js';
import { jsonFormat } from '../../src/export/formats/data/json.js';
import { txtFormat } from '../../src/export/formats/text/txt.js';
import { EXPORT_FORMATS, findFormat } from '../../src/export/formats.js';
import { readRunRecord } from '../../src/export/run-record.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { renderTemplate } from '../../src/template/render-template.js';
import { hostileText } from './hostile-text.js';
import { makeRun } from './make-run.js';

const base = exportPrompt(readRunRecord(makeRun({ texts: ['x'] })), 1, '0.1.0');

/** The export of a prompt with another text, as if a run had found it. */
function exported(text: string, template = '{input} {prompt}') {
  const record = readRunRecord(makeRun({ texts: [text], template }));
  return exportPrompt(record, 1, '0.1.0');
}

interface ExportedModule {
  PROMPT: string;
  LABELS: Map<string, string>;
  meta: { metrics: { test: { accuracy: number } } };
  render(input: string, mask?: string): string;
}

async function load(source: string): Promise<ExportedModule> {
  const { outputText, diagnostics } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, strict: true },
  });
  expect(diagnostics).toEqual([]);
  return import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`);
}

describe('export formats', () => {
  it('txt is the prompt itself, with no line break added', () => {
    fc.assert(
      fc.property(hostileText, (text) => txtFormat.render([{ ...base, prompt: text }], { isRaw: false }) === text),
    );
  });

  it('json gives back every value and shows no control or bidi character', () => {
    fc.assert(
      fc.property(hostileText, fc.array(hostileText), (prompt, tokens) => {
        const given = { ...base, prompt, tokens };
        const text = jsonFormat.render([given], { isRaw: false });
        expect(JSON.parse(text)).toEqual(given);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('csv reads back to the same cells, and no cell begins a formula unless asked', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), (texts) => {
        const [first, ...others] = texts.map((prompt, i) => ({ ...base, prompt, rank: i + 1 }));
        const read = (isRaw: boolean) =>
          parse(csvFormat.render([first!, ...others], { isRaw }), {
            columns: true,
            record_delimiter: '\r\n',
          }) as Record<string, string>[];
        expect(read(true).map((row) => row.prompt)).toEqual(texts);
        expect(read(false).map((row) => row.prompt)).toEqual(
          texts.map((text) => (/^'*[=+\-@\t\r\0]/.test(text) ? `'${text}` : text)),
        );
        expect(read(false)[0]).toMatchObject({
          rank: '1',
          tokenIds: '0 1',
          tokens: '["Ġa","\\""]',
          test_accuracy: '0.875',
        });
      }),
    );
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a module export must survive
  it.each(['{input} {prompt}', '{prompt}\n{input}', 'Q: {input} {{a}} {prompt} `${{x}}` =', '{prompt} "{input}" \\'])(
    'ts is a module that renders what the target LM was scored with, for the template %s',
    async (template) => {
      const parsed = parseTemplate(template, { family: 'causal' });
      await fc.assert(
        fc.asyncProperty(hostileText, hostileText, async (prompt, input) => {
          const module = await load(tsFormat.render([exported(prompt, template)], { isRaw: false }));
          expect(module.PROMPT).toBe(prompt);
          expect(module.render(input)).toBe(renderTemplate(parsed, { input, prompt }));
        }),
        { numRuns: 50 },
      );
    },
  );

  it('ts takes the mask token as a parameter where the template has a mask', async () => {
    const module = await load(tsFormat.render([exported('It was', '{input} {prompt} {mask} .')], { isRaw: false }));
    expect(module.render('A fine film.', '<mask>')).toBe('A fine film. It was <mask> .');
    expect(module.render('', '<mask>')).toBe('It was <mask> .');
    expect([...module.LABELS]).toEqual([
      ['ham', 'mail'],
      ['spam', 'free'],
    ]);
    expect(module.meta.metrics.test.accuracy).toBe(0.875);
  });

  it('names the nearest format where one is not known', () => {
    expect(() => findFormat('jsn')).toThrow(/did you mean json/);
    expect(new Set(EXPORT_FORMATS.map(({ name }) => name)).size).toBe(EXPORT_FORMATS.length);
  });
});
