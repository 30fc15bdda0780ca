import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planComparison } from '../../src/compare/comparison-plan.js';
import { parseTrainerEntries } from '../../src/compare/trainer-entries.js';
import { resolveRunConfig } from '../../src/config/resolve-run-config.js';
import { writeSmallData } from '../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('planComparison', () => {
  it('gives every run ten times the steps that its forwards would pay for, by the examples it has in a step', async () => {
    const flags = {
      task: writeSmallData(folder),
      shots: 4,
      promptsPerStep: 10,
      verbalizer: { ham: 'list', spam: 'free' },
    };
    const { runs } = await planComparison({
      entries: parseTrainerEntries('random,random:examplesPerStep=4'),
      seeds: [0],
      forwards: 8000,
      resolve: ({ trainer, settings }, seed) =>
        resolveRunConfig({ flags: { ...flags, trainer, seed, forwards: 8000 }, set: settings }),
    });
    // 10 prompts on 8 examples are 80 rows: 100 steps of 8,000; on 4 of them 200.
    expect(runs.map(({ config }) => config.steps)).toEqual([1000, 2000]);
  });
});
