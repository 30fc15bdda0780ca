import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { followRun } from '../../follow-run.js';
import { HUB_LIKE } from '../../lm/onnx/hub-like.js';
import { SMALL_RUN } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-style-objectives-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { verbalizer: _, shots: __, promptsPerStep: ___, ...small } = SMALL_RUN;

function styleConfig(name: string, more: Partial<RunConfigInput>): RunConfigInput {
  const rows = (...texts: string[]) => texts.map((text) => ({ text, label: 'formal' }));
  const examples = {
    train: rows('see you', 'thanks for the patch', 'no idea'),
    dev: rows('ok then'),
    test: rows('sure'),
  };
  const verbalizer = { informal: 'casual', formal: 'formal' };
  const task = join(folder, 'style.mjs');
  writeFileSync(
    task,
    `export default ${JSON.stringify({ name: 'small', kind: 'style-transfer', verbalizer, examples })};\n`,
  );
  return {
    ...small,
    task,
    contentModel: join(HUB_LIKE, 'bert-encoder'),
    styleModel: join(HUB_LIKE, 'bert-classifier'),
    steps: 3,
    samples: 3,
    bootstraps: 2,
    out: join(folder, name),
    ...more,
  };
}

describe('objectives of a style-transfer run', { timeout: 120_000 }, () => {
  it('are content and style by the area that the outputs dominate (hypervolume)', async () => {
    const more = { objectives: { content: 1, style: 1, fluency: 0.5 }, combine: 'hypervolume' } as const;
    const { events, result, error } = await followRun(styleConfig('volume', more));
    expect(error).toBeUndefined();
    expect(Object.keys(result!.best.parts!)).toEqual(['content', 'style', 'fluency', 'volume']);
    const last = events.filter((event) => event.type === 'evaluation-end').at(-1)!;
    for (const { parts, reward } of last.prompts) {
      const fluency = Math.max(0, (parts!.fluency! + 20) / 20);
      expect(reward).toBeCloseTo(100 * parts!.volume! * fluency ** 0.5, 9);
      // The area holds the rectangle of the output that counts: with it, and without it, one at least as large.
      expect(parts!.volume).toBeGreaterThan(0);
      expect(parts!.volume).toBeLessThanOrEqual(1);
    }
  });

  it('keep one weight for content and style then, also during the run', async () => {
    const more = { objectives: { content: 1, style: 1 }, combine: 'hypervolume', steps: 2 } as const;
    const { events } = await followRun(styleConfig('kept', more), {}, (event, controls) => {
      if (event.type === 'step-end' && event.step === 1) controls.setWeights({ style: 2 });
    });
    const told = events.find((event) => event.type === 'warning');
    expect(told).toMatchObject({ code: 'weights-refused' });
    expect(told!.message).toContain('content (1) and style (2) have one weight');
  });
});

describe('a custom reward beside other objectives', { timeout: 120_000 }, () => {
  function customConfig(name: string, range: string): RunConfigInput {
    const task = join(folder, `${name}.mjs`);
    const examples = "{ train: [{ text: 'a' }], dev: [{ text: 'b' }], test: [{ text: 'c' }] }";
    const reward = 'async reward({ prompts }) { return prompts.map((prompt) => prompt.length / 10); }';
    writeFileSync(
      task,
      `export default { name: 'letters', kind: 'custom', ${range} examples: ${examples}, ${reward} };\n`,
    );
    return { ...small, task, promptsPerStep: 4, steps: 2, objectives: { fluency: 1 }, out: join(folder, name) };
  }

  it('counts by its range', async () => {
    const { events, error } = await followRun(customConfig('ranged', 'rewardRange: [0, 10],'));
    expect(error).toBeUndefined();
    const step = events.find((event) => event.type === 'step-end')!;
    const expected = (step.parts!.task! / 10 + (step.parts!.fluency! + 20) / 20) / 2;
    expect(step.rewardMean).toBeCloseTo(100 * expected, 6);
  });

  it('is refused where its range is not known', async () => {
    const { error } = await followRun(customConfig('unranged', ''));
    expect(error).toMatchObject({ code: 'E_OBJECTIVE_UNSUITED', exitCode: 78 });
  });
});
