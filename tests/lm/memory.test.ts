import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../src/config/resolve-run-config.js';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { runtimeMeter } from '../../src/lm/onnx/runtime/runtime-meter.js';
import { defaultTemplate } from '../../src/template/parse-template.js';
import { emptyFolder, runCli } from '../cli/spawn-cli.js';
import { LARGE_MODELS_HINT, largeModel } from './large-models.js';
import { HUB_LIKE } from './onnx/hub-like.js';

const texts = Array.from({ length: 40 }, (_, i) => `returns the value of item ${i} ${'in the list '.repeat(i % 4)}`);

/** What a model says of the texts, and in how many calls of the runtime. */
async function answers(model: LanguageModel): Promise<{ values: number[]; calls: number }> {
  const { labelScores, embed, classify } = model.capabilities;
  const before = runtimeMeter.calls;
  const done = (values: Iterable<number>) => ({ values: [...values], calls: runtimeMeter.calls - before });
  if (embed) return done((await embed.embedTokens(texts)).flatMap(({ vectors }) => [...vectors]));
  if (classify) return done(await classify.classify(texts));
  const template = defaultTemplate(model.family === 'masked' ? 'masked' : 'causal');
  const words = ['the', 'of'].map((word) => ({ label: word, word }));
  const labels = labelScores!.resolveLabels(template, words);
  const rows = texts.map((_, input) => [0, input] as const);
  return done(
    await labelScores!.labelScores({ template, prompts: ['is it'], inputs: texts, labels, rows, normalise: 'none' }),
  );
}

describe('less memory', () => {
  it.each(['gpt2', 'llama-gqa', 'bert', 'bert-encoder', 'bert-classifier'])(
    'makes the calls of %s smaller, down to a row, and changes no number',
    async (name) => {
      const [usual, little, least] = await Promise.all(
        [undefined, 300_000, 1].map((maxMemoryBytes) => loadLanguageModel(join(HUB_LIKE, name), { maxMemoryBytes })),
      );
      const expected = await answers(usual!);
      const tight = await answers(little!);
      const single = await answers(least!);
      expect(tight.values).toEqual(expected.values);
      expect(single.values).toEqual(expected.values);
      expect(tight.calls).toBeGreaterThan(expected.calls);
      expect(single.calls).toBeGreaterThanOrEqual(texts.length);
      await Promise.all([usual, little, least].map((model) => model!.dispose()));
    },
  );

  it('than a row takes is refused as a setting', () => {
    const given = (maxMemory: string) => completeRunConfig({ task: 'spam', maxMemory }).maxMemory;
    expect(given('1M')).toBe(2 ** 20);
    expect(() => given('1023K')).toThrow(
      expect.objectContaining({ code: 'E_CONFIG', exitCode: 78, message: expect.stringContaining('at least 1M') }),
    );
  });
});

/** Prints the most memory the process has had. */
const PEAK = `import { readFileSync } from 'node:fs';
process.on('exit', () => process._rawDebug(readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:.*$/m)[0]));`;

async function peakOf(args: readonly string[]): Promise<number> {
  const nodeFlags = ['--import', `data:text/javascript,${encodeURIComponent(PEAK)}`];
  const cwd = emptyFolder();
  const { code, stderr } = await runCli(args, { cwd, nodeFlags, env: { RLPROMPT_CACHE_DIR: join(cwd, 'cache') } });
  expect(code, stderr).toBe(0);
  return Number(/VmHWM:\s*(\d+) kB/.exec(stderr)![1]) * 1024;
}

/** Bytes that doctor predicts for some things. */
async function predicted(args: readonly string[], things: readonly string[]): Promise<number> {
  const { stdout } = await runCli(['doctor', ...args, '--json'], { cwd: emptyFolder() });
  const findings = JSON.parse(stdout).findings as { check: string; detail: string }[];
  const { detail } = findings.find(({ check }) => check === 'memory of the run')!;
  const megabytes = things.map((what) => Number(new RegExp(`${what} (\\d+)`).exec(detail)![1]));
  return megabytes.reduce((sum, value) => sum + value * 1e6, 0);
}

/** The embedded model's weights as they are computed with. */
const EMBEDDED_BYTES = 17e6;
/**
 * Node, the runtime's library (73 MB of the file is resident), this program's modules, the policy and what V8 has not
 * collected yet. It does not grow with the model, and is within the half that a large model is allowed.
 */
const PROGRAM_BYTES = 330e6;

describe.skipIf(!existsSync('/proc/self/status'))('the most memory a run takes (read from /proc, so on Linux)', () => {
  const run = ['--steps', '2', '--candidates', '4', '--no-cache', '--ui', 'none', '--out', 'run'];

  // Neither rows that are shown nor words that are found take more, only time; few rows suffice to show that a ceiling holds.
  const plain = ['--demos', '0', '--label-words', 'given'];
  const ceiling = ['--max-memory', '20M', '--shots', '8'];

  it.each([
    { flags: [], more: plain },
    { flags: ceiling, more: [...plain, '--test-size', '50'] },
  ])(
    'with the embedded model is what its weights, the program and the caches take: $flags',
    async ({ flags, more }) => {
      const caches = await predicted(['spam', ...flags], ['prefixes of the inputs', 'working space']);
      const allowed = 1.5 * EMBEDDED_BYTES + caches + PROGRAM_BYTES;
      const peak = await peakOf(['run', 'spam', ...run, ...flags, ...more]);
      console.log(`peak ${(peak / 1e6).toFixed(0)} MB, allowed ${(allowed / 1e6).toFixed(0)} MB`);
      expect(peak).toBeLessThan(allowed);
    },
    600_000,
  );

  const smollm2 = largeModel('smollm2-135m-instruct');
  it.skipIf(!smollm2)(
    `with SmolLM2-135M is within 1.5 times its file and what doctor predicts for the prefixes; ${LARGE_MODELS_HINT}`,
    async () => {
      const rows = join(import.meta.dirname, '../fixtures/smollm2-135m/rows.csv');
      const data = [rows, '--text-column', 'text', '--label-column', 'sentiment', '--verbalizer', '0=bad,1=good'];
      const models = ['--shots', '8', '--target', smollm2!, '--generator', smollm2!];
      const prefixes = await predicted([...data, ...models], ['prefixes of the inputs']);
      const allowed = 1.5 * 651_476_276 + prefixes;
      const peak = await peakOf(['run', ...data, ...models, ...run]);
      console.log(`peak ${(peak / 1e6).toFixed(0)} MB, allowed ${(allowed / 1e6).toFixed(0)} MB`);
      expect(peak).toBeLessThan(allowed);
    },
    1_800_000,
  );
});
