import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '../../src/export/formats.js';
import { writeFormat } from '../../src/export/write-format.js';
import { exportedPrompt, scoredText } from './exported.js';
import { HOSTILE_RUNS, hostileText, TEMPLATES } from './hostile-text.js';

const PYTHON = process.env.RLPROMPT_EXPORT_PYTHON;
const INPUT = 'A fine film & more.';
const FORMATS = ['langchain', 'langchain-chat', 'dspy', 'prompty', 'lm-eval', 'mlflow', 'openai-chat', 'md'];
const TABLES = ['optuna', 'hf-dataset'];

interface Outcome {
  readonly loader: string;
  readonly cases: number;
  readonly failures: readonly string[];
  readonly requests?: unknown;
}

const name = 'exports in the Python programs they are for';
// Which packages, and what was loaded with which versions, stands in docs/how-to/exports.md.
describe.skipIf(PYTHON === undefined)(`${name} (RLPROMPT_EXPORT_PYTHON names an interpreter that has them)`, () => {
  it('load as what was scored', { timeout: 600_000 }, () => {
    const folder = writeCases();
    const script = join(import.meta.dirname, 'python-loaders.py');
    const output = execFileSync(PYTHON!, [script, folder], {
      encoding: 'utf8',
      env: { ...process.env, PYTHONUTF8: '1', HF_HUB_OFFLINE: '1' },
    });
    const report = JSON.parse(output.trimEnd().split('\n').at(-1)!) as Record<string, Outcome>;
    for (const [format, { loader, cases, failures, requests }] of Object.entries(report)) {
      expect.soft(failures.slice(0, 3), format).toEqual([]);
      // What a format refuses, or says it will change, is not loaded.
      expect.soft(cases, format).toBeGreaterThan(HOSTILE_RUNS / 2);
      process.stdout.write(`${format} | ${loader} | ${cases}\n`);
      if (requests) expect.soft(requests).toEqual([['mail', 'free'].map((word) => [scored(0), ` ${word}`]), 1]);
    }
    expect(Object.keys(report).sort()).toEqual([...FORMATS, ...TABLES].sort());
  });
});

const CASES = fc.sample(fc.tuple(hostileText, fc.constantFrom(...TEMPLATES)), { numRuns: HOSTILE_RUNS, seed: 5 });

function scored(index: number): string {
  return scoredText(...CASES[index]!, INPUT);
}

function writeCases(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-python-'));
  const prompts = CASES.map(([prompt, template], i) => ({ ...exportedPrompt(prompt, template), rank: i + 1 }));
  const cases = prompts.map((prompt, i) => ({
    prompt: prompt.prompt,
    trimmed: prompt.prompt.trim(),
    text: scored(i),
    files: {} as Record<string, string>,
  }));
  for (const format of EXPORT_FORMATS.filter(({ name }) => FORMATS.includes(name))) {
    for (const [i, prompt] of prompts.entries()) {
      if (format.cannotHold?.(prompt) !== undefined || format.warn?.(prompt) !== undefined) continue;
      const path = join(format.name, String(i));
      const written = writeFormat(format, [prompt], { isRaw: false });
      for (const file of written) write(join(folder, path, file.path), file.text);
      cases[i]!.files[format.name] = join(path, 'readsFile' in format ? format.readsFile : written[0]!.path);
    }
  }
  for (const format of EXPORT_FORMATS.filter(({ name }) => TABLES.includes(name))) {
    const [only, ...others] = writeFormat(format, [prompts[0]!, ...prompts.slice(1)], { isRaw: false });
    const path = join(folder, 'tables', format.name);
    for (const file of others.length > 0 ? [only!, ...others] : []) write(join(path, file.path), file.text);
    if (others.length === 0) write(path, only!.text);
  }
  write(join(folder, 'cases.json'), JSON.stringify(cases));
  return folder;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
