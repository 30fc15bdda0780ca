import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { beforeAll, describe, expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

interface EnsembleModule {
  readonly PROMPTS: readonly string[];
  readonly LABELS: ReadonlyMap<string, string>;
  readonly meta: { readonly metrics: { readonly dev: { readonly accuracy: number } } };
  render(input: string): string[];
  together(logProbs: readonly (readonly number[])[]): Map<string, number>;
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
    const module = createJiti(import.meta.url, { fsCache: false }).evalModule(stdout, {
      filename: join(cwd, 'together.ts'),
    }) as EnsembleModule;
    const { result } = JSON.parse(readFileSync(join(cwd, 'run/best.json'), 'utf8'));
    expect(module.PROMPTS).toEqual(result.ensemble.prompts);
    expect(module.meta.metrics.dev).toEqual(result.ensemble.dev);
    expect(module.render(' hello ')).toHaveLength(3);
    for (const [p, text] of module.render(' hello ').entries()) {
      expect(text).toMatch(/^hello/);
      expect(text).toContain(module.PROMPTS[p]);
    }

    const labels = [...module.LABELS.keys()];
    const members = JSON.parse((await exported('--format', 'json')).stdout).members as { labelOffsets: number[] }[];
    // What the offsets take off is given, so each prompt alone says 0.8, 0.5 and 0.2 for the first label.
    const shares = [0.8, 0.5, 0.2];
    const logProbs = members.map(({ labelOffsets }, p) => {
      return [Math.log(shares[p]!) + labelOffsets[0]!, Math.log(1 - shares[p]!) + labelOffsets[1]!];
    });
    expect(module.together(logProbs).get(labels[0]!)).toBeCloseTo(0.5, 12);
    expect(module.together([logProbs[0]!]).get(labels[1]!)).toBeCloseTo(0.2, 12);
  });

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
