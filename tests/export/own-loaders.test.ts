import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { LanguageModel } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { Dotprompt } from 'dotprompt';
import fc from 'fast-check';
import { createJiti } from 'jiti';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ExportedPrompt } from '../../src/export/contract/exported-prompt.js';
import { ensembleModule } from '../../src/export/ensemble-module.js';
import type { ExportedEnsemble } from '../../src/export/exported-ensemble.js';
import { tsFormat } from '../../src/export/formats/code/ts.js';
import { tsAiSdkFormat } from '../../src/export/formats/code/ts-ai-sdk.js';
import { promptfooFormat } from '../../src/export/formats/evaluation/promptfoo.js';
import { dotpromptFormat } from '../../src/export/formats/templates/dotprompt.js';
import { exportedPrompt, scoredText } from './exported.js';
import { COMPILED_RUNS, HOSTILE_RUNS, hostileText, TEMPLATES } from './hostile-text.js';

// It has no types of its own.
const nunjucks = createRequire(import.meta.url)('nunjucks') as {
  Environment: new (
    loader: null,
    options: { autoescape: boolean },
  ) => {
    renderString(template: string, variables: Readonly<Record<string, string>>): string;
  };
};

const isRaw = { isRaw: false };
const INPUT = 'A {{fine}} film & "more".';
const templates = fc.constantFrom(...TEMPLATES);

describe('exports in the programs they are for', { timeout: 120_000 }, () => {
  it('promptfoo: its YAML, rendered as Nunjucks without autoescape as it does, is what was scored, for any row', () => {
    const environment = new nunjucks.Environment(null, { autoescape: false });
    fc.assert(
      fc.property(hostileText, templates, hostileText, (prompt, template, input) => {
        const exported = { ...exportedPrompt(prompt, template), verbalizer: { ham: 'a', spam: 'b' } };
        fc.pre(promptfooFormat.cannotHold?.(exported) === undefined);
        fc.pre(input.trim() !== '' && !/[\u2028\u2029]/.test(input));
        const { prompts, tests } = parse(
          promptfooFormat.render([exported], { ...isRaw, rows: [{ text: input, label: 0 }] }),
        );
        const { raw } = prompts[0];
        const value: string = tests[0].vars.text;
        // A text of one line can be taken for a path, one that names a file for its contents, and a tag left open for no template.
        expect(raw).toMatch(/^\n/);
        expect(value).not.toMatch(/^(file|package):/);
        for (const line of [raw, value].flatMap((text) => text.split(/[\n\r\u2028\u2029]/))) {
          expect(line).not.toMatch(/\{\{[^}]*$|\{%[^%]*$|\{#[^#]*$/);
        }
        // Values are rendered first, less a line break at their end.
        const text = environment.renderString(value.replace(/\n$/, ''), {});
        expect(environment.renderString(raw, { text })).toBe(scoredText(prompt, template, input));
      }),
      { numRuns: HOSTILE_RUNS },
    );
  });

  it('promptfoo: no raw prompt is JSON, which it would rewrite', () => {
    fc.assert(
      fc.property(hostileText, (prompt) => {
        const config = parse(promptfooFormat.render([exportedPrompt(prompt, '{prompt}{input}')], isRaw));
        expect(() => JSON.parse(config.prompts[0].raw)).toThrow();
      }),
    );
  });

  it('dotprompt: its own library renders one user message, which is what was scored', async () => {
    const dotprompt = new Dotprompt();
    await fc.assert(
      fc.asyncProperty(hostileText, templates, async (prompt, template) => {
        const exported = exportedPrompt(prompt, template);
        fc.pre(dotpromptFormat.cannotHold?.(exported) === undefined);
        const { messages } = await dotprompt.render(dotpromptFormat.render([exported], isRaw), {
          input: { text: INPUT },
        });
        expect(messages).toEqual([{ role: 'user', content: [{ text: scoredText(prompt, template, INPUT) }] }]);
      }),
      { numRuns: HOSTILE_RUNS },
    );
  });

  it('ts-ai-sdk: generateText hands a model what was scored', async () => {
    const jiti = createJiti(import.meta.url, { fsCache: false });
    await fc.assert(
      fc.asyncProperty(hostileText, templates, async (prompt, template) => {
        const source = tsAiSdkFormat.render([exportedPrompt(prompt, template)], isRaw);
        const module = jiti.evalModule(source, { filename: join(import.meta.dirname, 'best-ai-sdk.ts') });
        const model = new MockLanguageModelV3({
          doGenerate: {
            content: [{ type: 'text', text: 'free' }],
            finishReason: { unified: 'stop', raw: 'stop' },
            usage: {
              inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
              outputTokens: { total: 1, text: 1, reasoning: 0 },
            },
            warnings: [],
          },
        });
        const answer = await (module as { run(model: LanguageModel, input: string): Promise<unknown> }).run(
          model,
          INPUT,
        );
        expect(answer).toEqual({ label: 'spam', text: 'free' });
        expect(model.doGenerateCalls[0]?.prompt).toEqual([
          { role: 'system', content: 'Answer with one of these words and nothing else: mail, free' },
          expect.objectContaining({
            role: 'user',
            content: [expect.objectContaining({ type: 'text', text: scoredText(prompt, template, INPUT) })],
          }),
        ]);
        expect(model.doGenerateCalls[0]).toMatchObject({ temperature: 0, seed: 7, maxOutputTokens: 16 });
      }),
      { numRuns: COMPILED_RUNS },
    );
  });

  it('ts, ts-ai-sdk and the module of an ensemble compile under strict settings, masked or not', () => {
    const [prompt] = fc.sample(hostileText, { numRuns: 1, seed: 1 });
    const renderers = {
      ts: (exported: ExportedPrompt) => tsFormat.render([exported], isRaw),
      'ts-ai-sdk': (exported: ExportedPrompt) => tsAiSdkFormat.render([exported], isRaw),
      ensemble: (exported: ExportedPrompt) => ensembleModule(ensembleOf(exported)),
    };
    const sources = new Map(
      Object.entries(renderers).flatMap(([name, render]) =>
        ['{input} {prompt}', '{input} {prompt} {mask} .'].map((template, i) => [
          join(import.meta.dirname, `${name}-${i}.ts`),
          render({ ...exportedPrompt(prompt!, template), labelOffsets: [-1.5, 0.25] }),
        ]),
      ),
    );
    const options: ts.CompilerOptions = {
      ...{ strict: true, noUncheckedIndexedAccess: true, noEmit: true, skipLibCheck: true, types: [] },
      ...{ module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 },
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (name) => sources.has(name) || fileExists(name);
    host.getSourceFile = (name, version) =>
      sources.has(name) ? ts.createSourceFile(name, sources.get(name)!, version) : getSourceFile(name, version);
    const program = ts.createProgram([...sources.keys()], options, host);
    const messages = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(messages).toEqual([]);
  });
});

function ensembleOf(member: ExportedPrompt): ExportedEnsemble {
  const { task, labels, run, tool } = member;
  const metrics = { dev: { accuracy: 0.5 }, test: { accuracy: 0.5 } };
  return { schemaVersion: 1, kind: 'ensemble', task, labels, members: [member, member], metrics, run, tool };
}
