import { expect, it } from 'vitest';
import { Molecules } from '../../src/molecules/molecules.js';
import { loadTask } from '../../src/task/load/load-task.js';
import type { RewardContext } from '../../src/task/types.js';
import { builtInReward } from './built-in-reward.js';

const refuse = () => Promise.reject(new Error('not used here'));
const context: RewardContext = {
  signal: new AbortController().signal,
  rng: () => 0,
  log: () => {},
  scoreLabels: refuse,
  embed: refuse,
  generate: refuse,
};

it('the task molecules pays the drug-likeness of what a prompt spells, and nothing for what spells no molecule', async () => {
  const task = await loadTask('molecules', { seed: 0, shots: 16 });
  expect(task).toMatchObject({ kind: 'custom', source: 'built-in', warnings: [] });
  const aspirin = 'CC(=O)Oc1ccccc1C(=O)O';
  const batch = { prompts: [aspirin, 'C1CC', ''], examples: task.splits.train, split: 'train' as const };
  const { qed } = (await Molecules.open()).parse(aspirin);
  const reward = await builtInReward('molecules');
  expect(await reward(batch, context)).toEqual([
    { reward: 100 * qed, metrics: { validity: 1 } },
    { reward: 0, metrics: { validity: 0 } },
    { reward: 0, metrics: { validity: 0 } },
  ]);
});
