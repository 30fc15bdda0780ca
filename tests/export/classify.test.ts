import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Classifier } from '../../src/classifier/classifier.js';
import { classifiesAsRead } from '../../src/export/classifies-as-read.js';
import type { ExportedPrompt, ReadText } from '../../src/export/contract/exported-prompt.js';
import { ensembleModule, readEnsembleModule } from '../../src/export/ensemble-module.js';
import { exportPrompt, renderParts } from '../../src/export/export-prompt.js';
import type { ExportedEnsemble } from '../../src/export/exported-ensemble.js';
import { jsFormat } from '../../src/export/formats/code/js.js';
import { pythonFormat } from '../../src/export/formats/code/python.js';
import { tsFormat } from '../../src/export/formats/code/ts.js';
import { tsAiSdkFormat } from '../../src/export/formats/code/ts-ai-sdk.js';
import { lmEvalFormat } from '../../src/export/formats/evaluation/lm-eval.js';
import { promptfooFormat } from '../../src/export/formats/evaluation/promptfoo.js';
import { readRunRecord } from '../../src/export/run-record.js';
import { exportedPrompt } from './exported.js';
import { makeRun } from './make-run.js';

const isRaw = { isRaw: false };

const CLASSIFIER: Classifier = {
  prompt: 'It 𝒲as\u202e "odd"\\',
  template: '{input} {prompt}',
  words: [
    { label: 'bad', words: ['terrible', 'awful'], weights: [3, 1] },
    { label: 'good', words: ['great'] },
  ],
  demonstrations: [{ text: 'A dull film.', label: 'bad', word: 'terrible' }],
  offsets: [0.5, -0.25],
};

const partsFor = (input: string) =>
  renderParts(CLASSIFIER.template, { input, prompt: CLASSIFIER.prompt }, CLASSIFIER.demonstrations);

/** Several words a label with weights, offsets and a demonstration. */
const rich: ExportedPrompt = {
  ...exportedPrompt(CLASSIFIER.prompt, CLASSIFIER.template),
  rendered: partsFor('x'),
  renderedWithoutInput: partsFor(''),
  classifier: CLASSIFIER,
};

/** Both labels are read by the same words, each with its own weights. */
const weighed: ExportedPrompt = {
  ...rich,
  classifier: {
    ...CLASSIFIER,
    words: [
      { label: 'bad', words: ['terrible', 'fine', 'great'], weights: [4, 1, 1] },
      { label: 'good', words: ['great', 'fine', 'terrible'], weights: [3, 2, 1] },
    ],
  },
};

const ANSWERS = { ' terrible': -1, awful: -2, ' great': -1.6, ' the': -9 };
/** 3/4 · -1 + 1/4 · -2 - 0.5 and -1.6 + 0.25, worked out by hand. */
const [BAD, GOOD] = [-1.75, -1.35];
const P_GOOD = Math.exp(GOOD) / (Math.exp(GOOD) + Math.exp(BAD));

interface Module {
  readonly LABELS: ReadonlyMap<string, string>;
  classify(
    input: string,
    complete: (text: string, words: readonly string[]) => Record<string, number>,
  ): Promise<{ label: string; probabilities: Record<string, number> }>;
  labelOf(answer: string): string | undefined;
}

function loadTypeScript(source: string): Module {
  return createJiti(import.meta.url, { fsCache: false }).evalModule(source, {
    filename: join(import.meta.dirname, 'exported.ts'),
  }) as Module;
}

async function loadJavaScript(source: string): Promise<Module> {
  const file = join(mkdtempSync(join(tmpdir(), 'rlprompt-js-')), 'best.mjs');
  writeFileSync(file, source);
  return await import(/* @vite-ignore */ pathToFileURL(file).href);
}

const MODULES = [
  ['ts', async (prompt: ExportedPrompt) => loadTypeScript(tsFormat.render([prompt], isRaw))],
  ['js', async (prompt: ExportedPrompt) => await loadJavaScript(jsFormat.render([prompt], isRaw))],
] as const;

describe.each(MODULES)('the exported %s module', (_, load) => {
  it('classifies by word sets, weights, offsets and demonstrations', async () => {
    const { classify } = await load(rich);
    const asked: unknown[] = [];
    const { label, probabilities } = await classify(' Fine. ', (text, words) => {
      asked.push(text, words);
      return ANSWERS;
    });
    expect(asked).toEqual([
      `A dull film. ${CLASSIFIER.prompt} terrible\n\nFine. ${CLASSIFIER.prompt}`,
      [' terrible', ' awful', ' great'],
    ]);
    expect(label).toBe('good');
    expect(probabilities.good).toBeCloseTo(P_GOOD, 12);
    expect(probabilities.bad).toBeCloseTo(1 - P_GOOD, 12);
  });

  it('counts a word that is not named as the least likely, and refuses an answer without any', async () => {
    const { classify } = await load(rich);
    const { label } = await classify('Fine.', () => ({ ' great': -3, ' the': -0.1 }));
    expect(label).toBe('good');
    await expect(classify('Fine.', () => ({ ' the': -0.1 }))).rejects.toThrow(
      /none of the 3 label words, such as " terrible"/,
    );
  });

  it('takes an answer that names a whole vocabulary', async () => {
    const { classify } = await load(rich);
    const others = Array.from({ length: 151_936 }, (_, i) => [`token ${i}`, -20 - (i % 7)]);
    const { label, probabilities } = await classify('Fine.', () => ({ ...Object.fromEntries(others), ...ANSWERS }));
    expect(label).toBe('good');
    // " awful" is named without its blank, so nothing counts as the least likely.
    expect(probabilities.good).toBeCloseTo(P_GOOD, 12);
  });

  it('extracts the label from a generated answer', async () => {
    const { labelOf } = await load(rich);
    expect([' Awful, really', 'great', 'no idea'].map((answer) => labelOf(answer))).toEqual(['bad', 'good', undefined]);
  });

  it('asks for words of several labels once, and reads a generated answer as the label it weighs most for', async () => {
    const { classify, labelOf } = await load(weighed);
    const { probabilities } = await classify('x', (_, words) => {
      expect(words).toEqual([' terrible', ' fine', ' great']);
      return { ' terrible': -1, ' fine': -2, ' great': -3 };
    });
    // (4·−1 − 2 − 3)/6 − 0.5 = −2 and (3·−3 + 2·−2 − 1)/6 + 0.25 = −2 1/12.
    expect(probabilities.bad).toBeCloseTo(1 / (1 + Math.exp(-1 / 12)), 12);
    expect(['Great', 'terrible', 'fine'].map((answer) => labelOf(answer))).toEqual(['good', 'bad', 'good']);
  });
});

describe('labels that are whole numbers, of which objects keep an order of their own', () => {
  const labels = ['-1', '0', '1'].map((name) => ({ name, word: `word${name}` }));
  const words = labels.map(({ name, word }) => ({ label: name, words: [word] }));
  const { offsets: _, ...uncalibrated } = CLASSIFIER;
  const prompt: ExportedPrompt = { ...rich, labels, classifier: { ...uncalibrated, words, demonstrations: [] } };
  const ensemble = exportedEnsemble(prompt);
  const modules = [
    ...MODULES.map(([name, load]) => ({ name, source: async () => await load(prompt) })),
    { name: 'ensemble', source: async () => loadTypeScript(ensembleModule(ensemble)) },
  ];

  it.each(modules)('keep the order of the run in the module, and get their own answers: $name', async ({ source }) => {
    const module = await source();
    expect([...module.LABELS.keys()]).toEqual(['-1', '0', '1']);
    for (const { name, word } of labels) {
      const classified = await module.classify('x', (_, asked) =>
        Object.fromEntries(asked.map((other) => [other, other.trim() === word ? -0.1 : -3])),
      );
      expect(classified.label).toBe(name);
      expect(classified.probabilities[name]).toBeGreaterThan(0.8);
    }
  });

  it('are told where the function that users call mixes them up', async () => {
    const right = ensembleModule(ensemble);
    const wrong = right.replace('(READINGS[0] ?? []).map(({ label }) => label)', "['0', '1', '-1']");
    expect(wrong).not.toBe(right);
    for (const [source, expected] of [
      [right, true],
      [wrong, false],
    ] as const) {
      const { texts, classify } = readEnsembleModule(source);
      expect(
        await classifiesAsRead(
          classify,
          texts.map(({ readings = [] }) => readings),
        ),
      ).toBe(expected);
    }
    const single = tsFormat.render([prompt], isRaw);
    const swapped = single.replace('return { label: READINGS[', 'return { label: READINGS[2 - ');
    expect(swapped).not.toBe(single);
    const check = async (source: string) => {
      const { readings = [], classify } = tsFormat.read(source, isRaw) as ReadText;
      return await classifiesAsRead(classify, [readings]);
    };
    expect([await check(single), await check(swapped)]).toEqual([true, false]);
  });
});

function exportedEnsemble(member: ExportedPrompt): ExportedEnsemble {
  const { task, labels, run, tool } = member;
  const metrics = { dev: { accuracy: 1 }, test: { accuracy: 1 } };
  return { schemaVersion: 1, kind: 'ensemble', task, labels, members: [member, member], metrics, run, tool };
}

describe('answers of a chat model', () => {
  it('are asked for by the words of the demonstrations, or else by those that were given', () => {
    const instruction = (prompt: ExportedPrompt) => /system: "(.*)"/.exec(tsAiSdkFormat.render([prompt], isRaw))?.[1];
    const labels = [
      { name: 'bad', word: 'poor' },
      { name: 'good', word: 'fine' },
    ];
    const asked = 'Answer with one of these words and nothing else: ';
    expect(instruction({ ...rich, labels })).toBe(`${asked}terrible, fine`);
    expect(instruction({ ...rich, labels, classifier: { ...CLASSIFIER, demonstrations: [] } })).toBe(
      `${asked}poor, fine`,
    );
    // What the run sent as a message goes out as it was.
    expect(instruction({ ...rich, labels, target: 'openai:small' })).toBeUndefined();
  });

  it('mean the label that they name, whatever words the run found', async () => {
    const labels = [
      { name: 'bad', word: 'great' },
      { name: '4|5', word: 'superb' },
    ];
    const answers = ['Superb.', '4|5', 'great', 'Great, really', ' ', 'superbly'];
    const expected = ['4|5', '4|5', 'bad', 'good', undefined, undefined];
    for (const [, load] of MODULES) {
      const { labelOf } = await load({ ...rich, labels });
      expect(answers.map((answer) => labelOf(answer))).toEqual(expected);
    }
    const folder = mkdtempSync(join(tmpdir(), 'rlprompt-python-'));
    writeFileSync(join(folder, 'best.py'), pythonFormat.render([{ ...rich, labels }], isRaw));
    const program = `import json, best; print(json.dumps([best.label_of(a) for a in ${JSON.stringify(answers)}]))`;
    const { stdout } = spawnSync('python3', ['-c', program], { cwd: folder, encoding: 'utf8' });
    if (stdout) expect(JSON.parse(stdout)).toEqual(expected.map((label) => label ?? null));
  });
});

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('the exported Python module', () => {
  it('gives the same label, probabilities and text without any package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rlprompt-python-'));
    writeFileSync(join(folder, 'best.py'), pythonFormat.render([rich], isRaw));
    const program = `
import json, best
seen = []
def complete(text, words):
    seen.append([text, list(words)])
    return json.loads(${JSON.stringify(JSON.stringify(ANSWERS))})
label, probabilities = best.classify("\\u00a0Fine. ", complete)
print(json.dumps([label, probabilities, seen, best.PROMPT, best.label_of("Awful!"), best.label_of("no"), best.META["task"]]))
`;
    const ran = spawnSync('python3', ['-I', '-S', '-c', `import sys; sys.path.insert(0, '.')\n${program}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    const [label, probabilities, seen, ...rest] = JSON.parse(ran.stdout);
    expect(label).toBe('good');
    expect(probabilities.good).toBeCloseTo(P_GOOD, 12);
    expect(seen).toEqual([
      [`A dull film. ${CLASSIFIER.prompt} terrible\n\nFine. ${CLASSIFIER.prompt}`, [' terrible', ' awful', ' great']],
    ]);
    expect(rest).toEqual([CLASSIFIER.prompt, 'bad', null, 'spam']);
  });

  it('reads a generated answer as the label it weighs most for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rlprompt-python-'));
    writeFileSync(join(folder, 'best.py'), pythonFormat.render([weighed], isRaw));
    // As docs/how-to/exports.md says it for -I, which finds no modules in the current folder.
    const program = `
import json, runpy
label_of = runpy.run_path("best.py")["label_of"]
print(json.dumps([label_of(a) for a in ["Great", "terrible", "fine", "no"]]))
`;
    const ran = spawnSync('python3', ['-I', '-S', '-c', program], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(ran.stdout)).toEqual(['good', 'bad', 'good', null]);
  });
});

describe('the exported promptfoo tests', () => {
  it('take an answer for the label it weighs most for', () => {
    const config = parse(promptfooFormat.render([weighed], { ...isRaw, rows: [{ text: 'x', label: 0 }] }));
    const [test] = config.tests;
    const own: string = test.assert[0].value;
    expect(test.description).toBe('bad');
    expect(own).toContain('terrible');
    expect(own).not.toMatch(/great|fine/);
  });
});

describe.each([tsFormat, jsFormat, pythonFormat])('the export $name', (format) => {
  it('says that scores were divided by the length of a label, where they were', () => {
    expect(format.warn?.(rich)).toBeUndefined();
    expect(format.warn?.({ ...rich, normalise: 'token' })).toMatch(/divided a word's log-probability by its tokens/);
  });
});

describe('a text that was continued in the run', () => {
  it('is said to be a chat message now, unless the run sent it as one', () => {
    const prompt = exportPrompt(readRunRecord(makeRun({ texts: ['x'] })), 1, '0.1.0');
    expect(tsAiSdkFormat.warn?.(prompt)).toMatch(/^the run scored a text to continue/);
    expect(tsAiSdkFormat.warn?.({ ...prompt, target: 'openai:small' })).toBeUndefined();
  });
});

describe('a task for the evaluation harness', () => {
  it('says what of the reading it has no place for', () => {
    const warning = 'the harness compares one word per label, not several and does not take label offsets off';
    expect(lmEvalFormat.warn?.({ ...weighed, labelOffsets: [0.1, 0.2] })).toContain(warning);
    const plain = exportPrompt(readRunRecord(makeRun({ texts: ['x'] })), 1, '0.1.0');
    expect(lmEvalFormat.warn?.(plain)).toBeUndefined();
    expect(lmEvalFormat.warn?.({ ...plain, labelOffsets: [0.1, 0.2] })).toMatch(
      /^the harness does not take label offsets/,
    );
    expect(lmEvalFormat.warn?.({ ...plain, normalise: 'token' })).toBe(
      "the harness does not divide a word's log-probability by its tokens as this run does: its accuracy differs",
    );
    expect(lmEvalFormat.warn?.({ ...weighed, normalise: 'word', labelOffsets: [0.1, 0.2] })).toContain(
      "compares one word per label, not several, does not divide a word's log-probability by its words and does not take",
    );
  });
});
