import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabelReading } from '../../../src/export/contract/exported-prompt.js';
import { ENSEMBLE_FORMATS, exportEnsemble } from '../../../src/export/export-ensemble.js';
import { readRunRecord } from '../../../src/export/run-record.js';
import { verifyEnsemble } from '../../../src/export/verify-ensemble.js';
import { completions } from '../../export/completions.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

interface EnsembleModule {
  readonly PROMPTS: readonly string[];
  readonly LABELS: ReadonlyMap<string, string>;
  readonly READINGS: readonly (readonly LabelReading[])[];
  readonly meta: { readonly metrics: { readonly dev: { readonly accuracy: number } } };
  render(input: string): string[];
  classify(
    input: string,
    complete: (text: string, words: readonly string[]) => Answer | Promise<Answer>,
  ): Promise<Classification>;
  together(answers: readonly Answer[]): Classification;
}

type Answer = Readonly<Record<string, number>>;

interface Classification {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

function loadModule(source: string): EnsembleModule {
  return createJiti(import.meta.url, { fsCache: false }).evalModule(source, {
    filename: join(cwd, 'together.ts'),
  }) as EnsembleModule;
}

const { cwd, flags } = tinyTask();
const exported = (...args: string[]) => runInProcess(['export', 'run', '--ensemble', ...args], { cwd });

async function run(out: string, ...more: string[]): Promise<void> {
  const limits = ['--steps', '2', '--prompts-per-step', '4', '--shots', '3', '--prompt-length', '2'];
  const models = ['--generator', TINY_MODEL, '--calibrate', 'inputs'];
  const args = ['run', 'mails.csv', ...flags, ...limits, ...models, ...more, '--out', out, '--ui', 'none'];
  expect(await runInProcess(args, { cwd })).toMatchObject({ code: 0 });
}

describe('export --ensemble', { timeout: 180_000 }, () => {
  beforeAll(() => run('run', '--ensemble', '3'), 120_000);

  it('writes the prompts that the run scored together, and they score the same again', async () => {
    const { code, stderr } = await exported('--format', 'json,ts', '--output', 'out', '--verify');
    expect(code, stderr).toBe(0);
    const verified = stderr.split('\n').filter((line) => line.startsWith('verified'));
    expect(verified).toHaveLength(2);
    for (const line of verified) {
      const [, inRun, fromExport] = /dev accuracy (\S+) in the run, (\S+) from the export \(6 examples\)$/.exec(line)!;
      expect(fromExport).toBe(inRun);
    }
    const { result } = JSON.parse(readFileSync(join(cwd, 'run/best.json'), 'utf8'));
    const ensemble = JSON.parse(readFileSync(join(cwd, 'out/ensemble.json'), 'utf8'));
    expect(ensemble).toMatchObject({
      kind: 'ensemble',
      metrics: { dev: result.ensemble.dev, test: result.ensemble.test },
    });
    expect(ensemble.members.map(({ prompt }: { prompt: string }) => prompt)).toEqual(result.ensemble.prompts);
  });

  it('gives a module that renders each prompt and puts their answers together', async () => {
    const { stdout } = await exported('--format', 'ts');
    const module = loadModule(stdout);
    const { result } = JSON.parse(readFileSync(join(cwd, 'run/best.json'), 'utf8'));
    expect(module.PROMPTS).toEqual(result.ensemble.prompts);
    expect(module.meta.metrics.dev).toEqual(result.ensemble.dev);
    expect(module.render(' hello ')).toHaveLength(3);
    for (const [p, text] of module.render(' hello ').entries()) {
      expect(text).toMatch(/^hello/);
      expect(text).toContain(module.PROMPTS[p]);
    }

    const [bad = '', good = ''] = module.LABELS.keys();
    // What the offsets take off is given, so each prompt alone says 0.8, 0.5 and 0.2 for the first label.
    const shares = [0.8, 0.5, 0.2];
    const answers = module.READINGS.map((readings, p) =>
      Object.fromEntries(
        readings.flatMap(({ words, offset }, l) => {
          const share = l === 0 ? shares[p]! : 1 - shares[p]!;
          return words.map((word) => [word, Math.log(share) + offset]);
        }),
      ),
    );
    const { label, probabilities } = module.together(answers);
    expect(probabilities[bad]).toBeCloseTo(0.5, 12);
    expect([bad, good]).toContain(label);
    const asked: string[] = [];
    const classified = await module.classify('hello', (text) => answers[asked.push(text) - 1]!);
    expect(asked).toEqual(module.render('hello'));
    expect(classified).toEqual({ label, probabilities });
    expect(() => module.together([answers[0]!])).toThrow('3 prompts need an answer each, not 1');
  });

  it('gives a module that labels rows as the run did, by the words that the run found for each prompt', async () => {
    await run('found', '--ensemble', '2', '--label-words', 'found', '--demos', '0');
    const { stdout } = await runInProcess(['export', 'found', '--ensemble', '--format', 'ts'], { cwd });
    const module = loadModule(stdout);
    expect(module.READINGS.flat().some(({ words }) => words.length > 1)).toBe(true);
    await runInProcess(['export', 'found', '--format', 'lm-eval', '--out', 'rows'], { cwd });
    const rows = readFileSync(join(cwd, 'rows/test.jsonl'), 'utf8').trimEnd().split('\n');
    const labels = [...module.LABELS.keys()];
    const model = await completions(TINY_MODEL);
    let right = 0;
    for (const row of rows) {
      const { text, label } = JSON.parse(row) as { text: string; label: number };
      const classified = await module.classify(text, model.complete);
      right += Number(classified.label === labels[label]);
    }
    await model.dispose();
    const { result } = JSON.parse(readFileSync(join(cwd, 'found/best.json'), 'utf8'));
    expect(result.ensemble.test.n).toBe(rows.length);
    expect(right / rows.length).toBeCloseTo(result.ensemble.test.accuracy, 12);
  });

  it.each(ENSEMBLE_FORMATS.map((format) => ({ name: format.name, format })))(
    'verifies the words and offsets that stand in the file: $name',
    async ({ format }) => {
      const read = readRunRecord(join(cwd, 'run'));
      const config = { ...read.manifest.config, task: join(cwd, 'mails.csv') };
      const record = { ...read, manifest: { ...read.manifest, config } };
      const ensemble = exportEnsemble(record, '0.0.0');
      const back = format.read(format.render(ensemble));
      const { inRun, fromExport, isReadAlike } = await verifyEnsemble(record, ensemble, back);
      expect({ fromExport, isReadAlike }).toEqual({ fromExport: inRun, isReadAlike: true });
      // Each label is read as the other: what was right is wrong.
      const swapped = back.texts.map(({ rendered, readings = [] }) => ({
        rendered,
        readings: readings.map(({ label }, i) => ({ ...readings[1 - i]!, label })),
      }));
      const wrong = await verifyEnsemble(record, ensemble, { texts: swapped });
      expect(wrong.fromExport).toBeCloseTo(1 - inRun, 12);
      expect(wrong.fromExport).not.toBeCloseTo(inRun, 6);
    },
  );

  it('says what an ensemble cannot be', async () => {
    for (const [args, message] of [
      [
        ['--format', 'txt'],
        'E_EXPORT_ENSEMBLE: the format txt holds one prompt; several that answer together go into json or ts',
      ],
      [['--rank', '2'], 'E_EXPORT_ENSEMBLE: an ensemble has no rank'],
    ] as const) {
      const { code, stderr } = await exported(...args);
      expect({ code, says: lastLine(stderr) }).toMatchObject({ code: 64, says: expect.stringContaining(message) });
    }
    await run('alone');
    const none = await runInProcess(['export', 'alone', '--ensemble'], { cwd });
    expect(none.code).toBe(64);
    expect(none.stderr).toContain('the run did not score several prompts together');
  });

  it('fails where the run says another score', async () => {
    const log = join(cwd, 'run/events.jsonl');
    writeFileSync(log, readFileSync(log, 'utf8').replace(/("ensemble":\{.*?"dev":\{"accuracy":)[^,}]*/g, '$10.123'));
    const { code, stderr } = await exported('--verify');
    expect(code).toBe(65);
    expect(stderr).toContain('dev accuracy 0.1230 in the run');
  });
});
