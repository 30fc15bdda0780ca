import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../src/config/run-config.js';
import { evaluatePrompts } from '../../src/evaluate.js';
import { loadLanguageModel } from '../../src/lm/load.js';
import { LARGE_MODELS_HINT, largeModel } from './large-models.js';
import { HUB_LIKE } from './onnx/hub-like.js';

const FOLDER = join(import.meta.dirname, '../fixtures/smollm2-135m');
const ROWS = join(FOLDER, 'rows.csv');

interface Case {
  template: string;
  prompt: string;
  chat?: boolean;
  labelColumn: string;
  verbalizer: Record<string, string>;
  normalise: 'none' | 'token' | 'word';
  probabilities: number[][];
}

/** Probabilities of every row, as `eval --per-example` writes them. */
async function perExample(settings: Omit<RunConfigInput, 'task'>, prompt: string): Promise<number[][]> {
  // The small models of the fixtures read 64 tokens: most rows lose their end, the same one each time.
  const config = completeRunConfig({ task: ROWS, textColumn: 'text', truncate: 'tail', ...settings });
  const { results } = await evaluatePrompts(config, { prompts: [prompt], split: 'test' });
  return results[0]!.evaluation.outcomes!.map(({ probabilities }) => Object.values(probabilities!));
}

function largestDifference(actual: readonly number[][], expected: readonly number[][]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...actual.map((row, i) => Math.max(...row.map((value, k) => Math.abs(value - expected[i]![k]!)))));
}

const WAYS = [
  { batchSize: 64, prefixSharing: true },
  { batchSize: 1, prefixSharing: true },
  { batchSize: 64, prefixSharing: false },
  { batchSize: 1, prefixSharing: false },
];

const smollm2 = largeModel('smollm2-135m-instruct');

describe.skipIf(!smollm2)(`the probabilities of 100 rows by SmolLM2-135M, which ${LARGE_MODELS_HINT}`, () => {
  const golden = JSON.parse(readFileSync(join(FOLDER, 'probabilities.json'), 'utf8')) as { cases: Case[] };
  const differences: string[] = [];
  afterAll(() => console.log(['largest differences from PyTorch', ...differences].join('\n')));
  let chatFolder: string;
  beforeAll(() => {
    chatFolder = mkdtempSync(join(tmpdir(), 'rlprompt-chat-model-'));
    for (const name of readdirSync(smollm2!)) symlinkSync(join(smollm2!, name), join(chatFolder, name));
    cpSync(join(FOLDER, '../chat/chatml.jinja'), join(chatFolder, 'chat_template.jinja'));
  });
  afterAll(() => rmSync(chatFolder, { recursive: true }));

  describe.each(golden.cases)('with $template, chat $chat and labels normalised by $normalise', (known) => {
    const { template, labelColumn, verbalizer, normalise, prompt, chat = false } = known;
    const tolerance = chat ? 1e-5 : 1e-3;
    const target = () => (chat ? chatFolder : smollm2!);
    const read = { template, labelColumn, verbalizer, normalise, calibrate: 'none' } as const;
    const settings = () => ({ target: target(), chat, ...read });
    const note = (way: object, value: number) =>
      differences.push(`${value.toExponential(1)} ${JSON.stringify({ template, chat, normalise, ...way })}`);

    it('are those of a plain PyTorch forward, in batches or not, with prefixes shared or not', async () => {
      // The model stays loaded in between.
      const kept = await loadLanguageModel(target());
      for (const way of WAYS) {
        const difference = largestDifference(
          await perExample({ ...settings(), ...way, cache: false }, prompt),
          known.probabilities,
        );
        note({ ...way, cache: false }, difference);
        expect(difference, JSON.stringify(way)).toBeLessThan(tolerance);
      }
      await kept.dispose();
    }, 1_800_000);

    it('are the same when they come from the cache', async () => {
      const first = await perExample(settings(), prompt);
      const difference = largestDifference(first, known.probabilities);
      note({ cache: true }, difference);
      expect(difference).toBeLessThan(tolerance);
      expect(await perExample(settings(), prompt)).toEqual(first);
    }, 600_000);
  });
});

describe.each([
  ['gpt2', '{input} {prompt}', 1e-5],
  ['gpt2', '{prompt} {input}', 1e-5],
  ['llama-gqa', '{input} {prompt}', 1e-5],
  ['bert', '{input} {prompt} {mask} .', 0],
  ['roberta', '{prompt} {input} It was {mask} .', 0],
])('the probabilities of 100 rows by %s with %s', (model, template, tolerance) => {
  const settings = {
    target: join(HUB_LIKE, model),
    template,
    labelColumn: 'sentiment',
    verbalizer: { 0: 'the', 1: 'of' },
    cache: false,
  };

  it('are the same bits in any batch, and the same numbers with prefixes shared or not', async () => {
    const usual = await perExample(settings, 'this is');
    const whole = await perExample({ ...settings, prefixSharing: false }, 'this is');
    for (const batchSize of [1, 64]) {
      expect(await perExample({ ...settings, batchSize }, 'this is')).toEqual(usual);
      expect(await perExample({ ...settings, batchSize, prefixSharing: false }, 'this is')).toEqual(whole);
    }
    expect(largestDifference(usual, whole)).toBeLessThanOrEqual(tolerance);
    const [first, ...others] = usual;
    expect(others.some((row) => Math.abs(row[0]! - first![0]!) > 1e-3)).toBe(true);
  });
});

describe('labels of several tokens', () => {
  it('are divided by their tokens or words where the setting says so', async () => {
    const settings = {
      target: join(HUB_LIKE, 'gpt2'),
      labelColumn: 'sentiment',
      cache: false,
      calibrate: 'none',
    } as const;
    const verbalizer = { 0: 'the value of a file', 1: 'of' };
    const [none, token, word] = await Promise.all(
      ([undefined, 'token', 'word'] as const).map((normalise) =>
        perExample({ ...settings, verbalizer, ...(normalise ? { normalise } : {}) }, 'this is'),
      ),
    );
    const longer = (rows: readonly number[][]) => rows.reduce((sum, row) => sum + row[0]!, 0) / rows.length;
    expect(longer(none!)).toBeLessThan(longer(word!));
    expect(longer(word!)).not.toBe(longer(token!));
  });
});

describe('a dynamic int8 model', () => {
  const settings = {
    task: ROWS,
    textColumn: 'text',
    labelColumn: 'sentiment',
    target: join(HUB_LIKE, 'gpt2'),
    dtype: 'q8',
    verbalizer: { 0: 'the', 1: 'of' },
    cache: false,
  } as const;
  const evaluate = (more: Partial<RunConfigInput>) =>
    evaluatePrompts(completeRunConfig({ ...settings, ...more }), { prompts: ['this is'], split: 'test' });
  const scores = ({ results }: Awaited<ReturnType<typeof evaluate>>) =>
    results[0]!.evaluation.outcomes!.map(({ probabilities }) => Object.values(probabilities!));

  it('is run row by row, and in batches only where that is asked for, which changes its numbers and is said', async () => {
    const careful = await evaluate({});
    const batched = await evaluate({ int8Batches: true });
    expect(careful.warnings.join()).toContain('one by one');
    expect(batched.warnings.join()).toContain('do not repeat exactly');
    expect(scores(await evaluate({ batchSize: 64 }))).toEqual(scores(careful));
    const difference = largestDifference(scores(batched), scores(careful));
    expect(difference).toBeGreaterThan(1e-4);
    expect(difference).toBeLessThan(0.5);
  });
});
