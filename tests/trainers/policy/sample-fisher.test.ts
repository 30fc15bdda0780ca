import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { diagonalFisher } from '../../../src/policy/fisher.js';
import { Rng } from '../../../src/random/rng.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { sampleFisher } from '../../../src/trainers/policy/sample-fisher.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const generator = scriptedGenerator({ fluentWords: ['dull'] });
const settingsOf = (given: Partial<RunConfigInput>) => toySettings({ promptLength: 2, priorBeta: 1, ...given });

/** From 256 prompts of the whole policy, drawn here one after another 32. */
async function expectedOf(given: Partial<RunConfigInput>, inputs: readonly string[] = []) {
  const whole = { ...settingsOf(given), topK: 0, topP: 1, temperature: 1, fluentTopK: undefined };
  const policy = await PromptPolicy.create(generator, whole, { maskedInLoss: true });
  const rng = Rng.create(whole.seed, 'fisher');
  const prompts = [];
  for (let first = 0; first < 256; first += 32) {
    const read = Array.from({ length: 32 }, (_, i) => inputs[(first + i) % inputs.length]!);
    for (const { tokenIds, trace } of await policy.sample(32, rng, inputs.length > 0 ? { inputs: read } : {})) {
      const given0 = tokenIds.length - 2;
      const weights = tokenIds.map((_, t) => (t < given0 ? 0 : 1));
      prompts.push({ hidden: trace.hidden, actions: tokenIds, weights });
    }
  }
  const fisher = await diagonalFisher(policy.head, prompts);
  await policy.dispose();
  return fisher;
}

describe('the Fisher information of a policy', () => {
  it('is that of prompts from the whole policy, whatever is set for a search', async () => {
    const fisher = await sampleFisher(generator, settingsOf({ topK: 3, topP: 0.5, temperature: 0.3, fluentTopK: 4 }));
    expect(fisher).toEqual(await expectedOf({}));
    expect(fisher.w2.some((value) => value > 0)).toBe(true);
    expect(generator.liveStates()).toBe(0);
  });

  it('counts no token that was given', async () => {
    const given = { mustContain: 'great' };
    expect(await sampleFisher(generator, settingsOf(given))).toEqual(await expectedOf(given));
  });

  it('reads the inputs in turn, where the policy reads inputs', async () => {
    const inputs = ['great movie', 'sad', 'old plot'];
    const given = { trainer: 'log-variance', inputConditioned: true } as const;
    expect(await sampleFisher(generator, settingsOf(given), inputs)).toEqual(await expectedOf(given, inputs));
  });
});
