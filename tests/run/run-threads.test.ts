import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultThreads } from '../../src/lm/onnx/run/session.js';
import { followRun } from '../follow-run.js';
import { HUB_LIKE } from '../lm/onnx/hub-like.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlprompt-threads-'));
  const rows = Array.from({ length: 12 }, (_, i) => [`the ${i} file`, `a ${i} value`][i % 2]);
  writeFileSync(
    join(folder, 'rows.csv'),
    `text,label\n${rows.map((text, i) => `${text},${'ab'[i % 2]}`).join('\n')}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = (out: string) => JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));

describe('the number of threads of a run', () => {
  it('is kept with it and taken from there when it is resumed, whatever the machine has by then', async () => {
    const out = join(folder, 'run');
    const model = join(HUB_LIKE, 'gpt2');
    const settings = {
      task: join(folder, 'rows.csv'),
      textColumn: 'text',
      labelColumn: 'label',
      verbalizer: { a: 'the', b: 'of' },
      shots: 2,
      generator: model,
      target: model,
      innerSize: 16,
      topK: 50,
      promptsPerStep: 4,
      steps: 1,
      out,
    };
    const first = await followRun(settings);
    expect(first.error).toBeUndefined();
    expect(manifest(out)).toMatchObject({
      threads: defaultThreads(),
      config: expect.not.objectContaining({ threads: 1 }),
    });
    const other = defaultThreads() + 1;
    writeFileSync(join(out, 'run.json'), JSON.stringify({ ...manifest(out), threads: other }));
    const second = await followRun({ ...settings, steps: 2 }, { resume: out });
    expect(second.error).toBeUndefined();
    expect(manifest(out).threads).toBe(other);
    expect(second.result!.steps).toBe(2);
  });
});
