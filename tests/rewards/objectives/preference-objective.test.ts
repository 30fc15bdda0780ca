import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/lm/model/types.js';
import { type RewardModel, rewardModelDigest, writeRewardModel } from '../../../src/preferences/reward-model.js';
import type { ObjectiveSettings } from '../../../src/rewards/objectives/contract/objective-kind.js';
import { preferenceObjective } from '../../../src/rewards/objectives/preference-objective.js';
import type { Task } from '../../../src/task/types.js';
import { scriptedGenerator } from '../../trainers/scripted-generator.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-preference-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scripted = scriptedGenerator({ hiddenSize: 4 });
const { hiddenStates, tokenizer } = scripted;
const generator = {
  ...{ name: 'scripted', digest: 'of-scripted', tokenizer, contextLength: 20 },
  capabilities: { hiddenStates },
} as unknown as LanguageModel;

const MODEL: RewardModel = {
  ...{ schemaVersion: 1, kind: 'reward-model', lm: 'scripted', lmDigest: 'of-scripted' },
  ...{ centre: [0, 0, 0, 0], scale: [1, 1, 1, 1], weights: [3, -1, 2, 0.5], offset: 0.25, range: [-9, 9] },
  ...{ rankings: 5, heldOut: { accuracy: 1, pairs: 5, rankings: 5 } },
};
const TEXTS = [' great movie', ' sad', ' old dull plot'];
const task = { name: 'this-task', kind: 'classification' } as Task;

function settingsFor(model: Partial<RewardModel>): ObjectiveSettings {
  const rewardModel = join(folder, 'reward.json');
  writeRewardModel(rewardModel, { ...MODEL, ...model });
  return { rewardModel } as ObjectiveSettings;
}

async function objective(model: Partial<RewardModel> = {}) {
  const settings = settingsFor(model);
  const parts = { task, generator, targetLm: generator, settings, load: async () => generator };
  const { score, ...made } = await preferenceObjective.create(parts);
  return { ...made, score: (texts: readonly string[]) => score(texts.map((text) => ({ text, evaluation: none }))) };
}
const none = { reward: 0, metrics: {} };

/** The reward by its definition: the weights on the mean of the states after each token, less the offset. */
async function rewardOf(text: string): Promise<number> {
  const [first, ...rest] = tokenizer.encode(text);
  let step = await hiddenStates.begin([[0, first!]]);
  const states = [step.hidden];
  for (const token of rest) {
    step = await hiddenStates.advance(step.state, [token]);
    states.push(step.hidden);
  }
  step.state.dispose();
  const sums = MODEL.weights.map((weight, j) => states.reduce((sum, state) => sum + weight * state[j]!, 0));
  return sums.reduce((sum, value) => sum + value, 0) / states.length - MODEL.offset;
}

describe('the objective preference', () => {
  it('is the reward of a prompt’s text by the model, whatever the task says of it', async () => {
    const made = await objective();
    expect(made).toMatchObject({ name: 'preference', readsOutputs: false, digest: rewardModelDigest(MODEL) });
    const values = await made.score(TEXTS);
    for (const [i, text] of TEXTS.entries()) expect(values[i]).toBeCloseTo(await rewardOf(text), 5);
    expect(new Set(values).size).toBe(TEXTS.length);
  });

  it('reaches half the span of the ranked texts beyond them on each side, and is cut off there', async () => {
    const rewards = await Promise.all(TEXTS.map(rewardOf));
    const [low, middle, high] = [...rewards].sort((a, b) => a - b) as [number, number, number];
    // Ranked texts so close around the middle that both others are out of reach.
    const span = Math.min(high - middle, middle - low) / 2;
    const made = await objective({ range: [middle - span / 2, middle + span / 2] });
    expect(made.range[0]).toBeCloseTo(middle - span, 9);
    expect(made.range[1]).toBeCloseTo(middle + span, 9);
    const values = await made.score(TEXTS);
    expect(values[rewards.indexOf(low)]).toBe(made.range[0]);
    expect(values[rewards.indexOf(middle)]).toBeCloseTo(middle, 5);
    expect(values[rewards.indexOf(high)]).toBe(made.range[1]);
  });

  it('has a range of some width where all ranked texts were worth the same', async () => {
    const { range } = await objective({ range: [2, 2] });
    expect(range[1] - range[0]).toBeCloseTo(1e-6, 12);
    expect((range[0] + range[1]) / 2).toBeCloseTo(2, 12);
  });

  it('reads a text once, however often it is scored', async () => {
    const made = await objective();
    const before = scripted.bodyRows();
    const [first, second] = await made.score([' great movie', ' great movie']);
    expect(second).toBe(first);
    // The start token, and the two of the text.
    expect(scripted.bodyRows() - before).toBe(3);
    const [again, fresh] = await made.score([' great movie', ' sad']);
    expect(again).toBe(first);
    expect(fresh).toBeCloseTo(await rewardOf(' sad'), 5);
    expect(scripted.bodyRows() - before).toBe(3 + 2 + 2);
  });

  it('is refused before a model is loaded: without a file, and with one that is none', () => {
    const { refusal } = preferenceObjective;
    expect(refusal!(task, {} as ObjectiveSettings)).toBe(
      'the objective preference needs a reward model: name its file with --reward-model',
    );
    expect(refusal!(task, settingsFor({}))).toBeUndefined();
    const rewardModel = join(folder, 'none.json');
    writeFileSync(rewardModel, '{}');
    expect(() => refusal!(task, { rewardModel } as ObjectiveSettings)).toThrow(
      expect.objectContaining({ code: 'E_REWARD_MODEL', where: rewardModel }),
    );
  });

  it('is refused with a generator LM that the model was not fitted on', async () => {
    await expect(objective({ lmDigest: 'another' })).rejects.toMatchObject({ code: 'E_REWARD_MODEL_LM' });
  });
});
