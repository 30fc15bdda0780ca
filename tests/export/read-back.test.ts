import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderParts } from '../../src/export/export-prompt.js';
import { EXPORT_FORMATS } from '../../src/export/formats.js';
import { splitRendered } from '../../src/export/verify-export.js';
import { writeFormat } from '../../src/export/write-format.js';
import { exportedPrompt } from './exported.js';
import { COMPILED_RUNS, HOSTILE_RUNS, hostileText, TEMPLATES } from './hostile-text.js';

const MASKED = '{input} {prompt} {mask} .';
const options = { isRaw: false };

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/how-to/exports.md'), 'utf8');
/** The cells of the page's table with this heading, row by row. */
function rowsBelow(heading: string): string[][] {
  const [, table = ''] = page.split(`\n${heading}\n`);
  const lines = (table.split('\n\n')[0] ?? '').split('\n').slice(1);
  return lines.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}
const refusing = new Set(rowsBelow('| format | refuses |').flatMap(([names = '']) => names.split(', ')));
const loaders = rowsBelow('| format | loaded by | prompts | checked |');

/** TypeScript, which is compiled to be read. */
const COMPILED = new Set(['ts', 'ts-ai-sdk']);

/** DSPy takes the space around instructions away. */
const TRIMMING = new Set(['dspy']);

describe.each(EXPORT_FORMATS.map((format) => ({ name: format.name, format })))('$name', ({ format }) => {
  it('reads back as what the language model was scored with, whatever the prompt', { timeout: 60_000 }, () => {
    const numRuns = COMPILED.has(format.name) ? COMPILED_RUNS : HOSTILE_RUNS;
    let refusals = 0;
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...TEMPLATES, MASKED), (text, template) => {
        const exported = exportedPrompt(text, template);
        if (format.cannotHold?.(exported) !== undefined) {
          refusals += 1;
          return;
        }
        const files = writeFormat(format, [exported, ...(format.isTable ? [exportedPrompt('another')] : [])], options);
        const file = 'readsFile' in format ? files.find(({ path }) => path === format.readsFile) : files[0];
        const back = format.read(file!.text, options);
        if ('prompt' in back) expect(back.prompt).toBe(TRIMMING.has(format.name) ? text.trim() : text);
        else expect(back.rendered).toEqual(exported.rendered);
      }),
      { numRuns },
    );
    if (refusing.has(format.name)) expect(refusals).toBeLessThan(numRuns / 3);
    else expect(refusals).toBe(0);
  });
});

describe('the table of what was loaded by what', () => {
  const names = EXPORT_FORMATS.map(({ name }) => name);
  /** The other tests of this folder. */
  const tests = [
    'exporters.test.ts',
    'own-loaders.test.ts',
    'classify.test.ts',
    'same-labels.test.ts',
    'python-loaders.py',
  ]
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');

  it('has a row for each format', () => {
    expect(loaders.map(([name]) => name).sort()).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining([...refusing]));
  });

  it.each(loaders)('says of %s what a test does: %s', (name = '', program = '') => {
    const variable = `${name.replaceAll(/-./g, ([, letter = '']) => letter.toUpperCase())}Format`;
    const isTested = new RegExp(`['",]${name}['",]|\\b${variable}\\b`).test(tests);
    expect(isTested || program === '`rlprompt` only').toBe(true);
    for (const [, library = '', version] of program.matchAll(/([a-z-]+) (\d+\.\d+\.\d+)/gi)) {
      const facts = join(root, 'node_modules', library.toLowerCase(), 'package.json');
      if (existsSync(facts)) expect(JSON.parse(readFileSync(facts, 'utf8')).version).toBe(version);
    }
  });
});

describe('a prompt beside a system message', () => {
  const exported = exportedPrompt('Say one word.', '{system}Be brief. {prompt}{user}{input} Is it good?');

  it.each(['openai-chat', 'openai-batch'])('is in both messages of %s', (name) => {
    const format = EXPORT_FORMATS.find((one) => one.name === name)!;
    const text = writeFormat(format, [exported], options)[0]?.text ?? '';
    const request = JSON.parse(text);
    expect((request.body ?? request).messages).toEqual([
      { role: 'system', content: 'Be brief. Say one word.' },
      { role: 'user', content: '{{text}} Is it good?' },
    ]);
    const { rendered } = format.read(text, options) as { rendered: typeof exported.rendered };
    expect(rendered).toEqual(exported.rendered);
    const back = splitRendered(rendered, exported.template);
    expect(renderParts(back.template, { input: 'x', prompt: back.prompt })).toEqual(exported.rendered);
  });

  it.each(['ts', 'promptfoo', 'prompty', 'langchain-chat', 'lm-eval'])('is refused as one text: %s', (name) => {
    const format = EXPORT_FORMATS.find((one) => one.name === name)!;
    expect(() => writeFormat(format, [exported], options)).toThrow(/system message.*openai-chat/);
  });
});

describe('splitRendered', () => {
  it('gives a template and a prompt that render to the same parts', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...TEMPLATES, MASKED), (text, from) => {
        const parts = renderParts(from, { input: 'x', prompt: text });
        const { template, prompt } = splitRendered(parts, from);
        expect(renderParts(template, { input: 'x', prompt })).toEqual(parts);
      }),
    );
  });
});
