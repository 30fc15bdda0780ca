import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../src/config/run-config.js';
import type { RunResult } from '../../src/events.js';
import { readPolicyTable } from '../../src/run/policies/policy-table.js';
import { followRun } from '../follow-run.js';
import { HUB_LIKE } from '../lm/onnx/hub-like.js';
import { SMALL_RUN } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-conditioned-style-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = join(folder, 'task.mjs');
const rows = (...texts: string[]) => texts.map((text) => ({ text, label: 'formal', fields: { reference: text } }));
const definition = {
  name: 'small-style',
  kind: 'style-transfer',
  verbalizer: { informal: 'casual', formal: 'formal' },
  examples: {
    train: rows('see you', 'thanks for the patch', 'no idea'),
    dev: rows('ok then', 'why not'),
    test: rows('sure'),
  },
};
writeFileSync(task, `export default ${JSON.stringify(definition)};\n`);

const { verbalizer: _, shots: __, promptsPerStep: ___, ...small } = SMALL_RUN;
const config = (name: string): RunConfigInput => ({
  ...small,
  task,
  inputConditioned: true,
  contentModel: join(HUB_LIKE, 'bert-encoder'),
  styleModel: join(HUB_LIKE, 'bert-classifier'),
  steps: 3,
  samples: 2,
  bootstraps: 1,
  out: join(folder, name),
});

describe('style transfer by a policy that reads its input', () => {
  it('runs end to end with four prompts for each of two inputs, and resumes after a stop as if there had been none', async () => {
    const whole = await followRun(config('whole'));
    const { best, baselines } = whole.result!;
    expect(Object.keys(best.test)).toEqual(expect.arrayContaining(['content', 'style', 'fluency', 'joint', 'gm', 'n']));
    expect(best.test.gm).toBeCloseTo(Math.cbrt(best.test.content! * best.test.style! * best.test.fluency!), 12);
    expect(best.policy).toMatchObject({ inputs: 2 });
    expect(Object.keys(best.policy!.alone.test)).toContain('joint');
    expect(Object.keys(baselines.empty.test)).toContain('joint');
    expect(readPolicyTable(join(folder, 'whole')).rows.map(({ input }) => input)).toEqual([
      'ok then',
      'why not',
      'sure',
    ]);
    const steps = whole.events.filter((event) => event.type === 'step-end');
    expect(steps).toHaveLength(3);

    await followRun(config('stopped'), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 2) controls.stop('user');
    });
    const resumed = await followRun(config('stopped'), { resume: join(folder, 'stopped') });
    const timeless = (result: RunResult | undefined) => ({ ...result, runDir: '', seconds: 0 });
    expect(timeless(resumed.result)).toEqual(timeless(whole.result));
  });
});
