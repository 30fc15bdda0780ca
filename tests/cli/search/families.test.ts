import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smallLlama } from '../../lm/gguf/small-llama.js';
import { writeGguf } from '../../lm/gguf/write-gguf.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const FAMILIES = join(import.meta.dirname, '../../fixtures/families');
const gguf = writeGguf(join(emptyFolder(), 'small.gguf'), smallLlama());

describe('a run from search to verified export', { timeout: 180_000 }, () => {
  it.each([
    { name: 'Gemma 2', generator: join(FAMILIES, 'gemma2'), target: join(FAMILIES, 'gemma2') },
    { name: 'T5', generator: TINY_MODEL, target: join(FAMILIES, 't5') },
    { name: 'BART', generator: TINY_MODEL, target: join(FAMILIES, 'bart') },
    { name: 'GGUF', generator: gguf, target: gguf },
  ])('works with a $name', async ({ generator, target }) => {
    const { cwd } = tinyTask();
    const models = ['--generator', generator, '--target', target, '--verbalizer', 'bad=the,good=a'];
    const limits = ['--steps', '2', '--prompts-per-step', '4', '--shots', '3', '--prompt-length', '2'];
    const run = await runInProcess(['run', 'mails.csv', ...models, ...limits, '--out', 'run', '--json'], { cwd });
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(JSON.parse(run.stdout)).toMatchObject({ target, best: { prompt: expect.any(String) } });
    const written = await runInProcess(['export', 'run', '--format', 'txt,json,ts', '--out', 'out', '--verify'], {
      cwd,
    });
    expect(written.code).toBe(0);
    const verified = [...written.stderr.matchAll(/^verified .* accuracy (\S+) in the run, (\S+) from the export/gm)];
    expect(verified.map(([, , fromExport]) => fromExport)).toEqual(verified.map(([, inRun]) => inRun));
    expect(verified).toHaveLength(3);
  });
});
