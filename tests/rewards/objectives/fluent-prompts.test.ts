import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { EMBEDDED_MODEL } from '../../../src/config/settings/defaults.js';
import { loadLanguageModel, requireCapability } from '../../../src/lm/load.js';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { fluencyObjective } from '../../../src/rewards/objectives/fluency-objective.js';
import { tunedTo } from '../../../src/run/prepare/tuned-config.js';
import type { Task } from '../../../src/task/types.js';
import type { Generator } from '../../../src/trainers/contract/settings.js';
import type { Rollout, Trainer } from '../../../src/trainers/contract/types.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';

const PROMPTS = 24;

describe('prompts that read well', { timeout: 120_000 }, () => {
  let lm: LanguageModel;
  let generator: Generator;
  const trainers: Trainer[] = [];
  beforeAll(async () => {
    lm = await loadLanguageModel(EMBEDDED_MODEL, {});
    generator = { name: lm.name, hiddenStates: requireCapability(lm, 'hiddenStates'), tokenizer: lm.tokenizer! };
  });
  afterAll(async () => {
    for (const trainer of trainers) await trainer.dispose();
    await lm.dispose();
  });

  const settings = (more: Partial<RunConfigInput> = {}) =>
    tunedTo(generator, completeRunConfig({ task: 'spam', innerSize: 64, ...more }));

  async function trainerOf(more: Partial<RunConfigInput> = {}): Promise<Trainer> {
    const config = settings(more);
    const trainer = await createTrainer(config.trainer, generator, config);
    trainers.push(trainer);
    return trainer;
  }

  async function fluencyOf(rollouts: readonly Rollout[]): Promise<number> {
    const parts = { task: {} as Task, generator: lm, targetLm: lm, settings: settings(), load: async () => lm };
    const objective = await fluencyObjective.create(parts);
    const items = rollouts.map(({ text }) => ({ text, evaluation: { reward: 0, metrics: {} } }));
    const values = await objective.score(items);
    return values.reduce((sum, value) => sum + value / values.length, 0);
  }

  it('come of the LM as prior, the more the larger its weight', async () => {
    const fluency: number[] = [];
    for (const priorBeta of [0, 0.5, 1]) {
      fluency.push(await fluencyOf(await (await trainerOf({ priorBeta })).propose(PROMPTS)));
    }
    expect(fluency[1]).toBeGreaterThan(fluency[0]! + 2);
    expect(fluency[2]).toBeGreaterThan(fluency[1]! + 1);
  });

  it('come of leaving only tokens that the LM finds likely', async () => {
    const free = await (await trainerOf({ priorBeta: 0 })).propose(PROMPTS);
    const fluent = await (await trainerOf({ fluentTopK: 20 })).propose(PROMPTS);
    expect(await fluencyOf(fluent)).toBeGreaterThan((await fluencyOf(free)) + 2);
    const frozen = await PromptPolicy.create(generator, settings({ topK: 20 }), { maskedInLoss: true, frozen: true });
    const outside = async (rollouts: readonly Rollout[]): Promise<number> => {
      const beginnings = rollouts.flatMap(({ tokenIds }) => tokenIds.map((_, t) => tokenIds.slice(0, t)));
      const next = rollouts.flatMap(({ tokenIds }) => tokenIds);
      let count = 0;
      for (const [i, beginning] of beginnings.entries()) {
        const { tokenIds } = await frozen.after([beginning]);
        if (!tokenIds!.includes(next[i]!)) count++;
      }
      return count;
    };
    expect(await outside(fluent.slice(0, 4))).toBe(0);
    expect(await outside(free.slice(0, 4))).toBeGreaterThan(10);
    await frozen.dispose();
  });
});
