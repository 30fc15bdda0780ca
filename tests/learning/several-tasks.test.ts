import { describe, expect, it } from 'vitest';
import { withFloor } from '../../src/policy/fisher.js';
import type { MlpParameters } from '../../src/policy/parameters/mlp-parameters.js';
import { unnamed } from '../../src/policy/parameters/saved-parameters.js';
import type { PolicyStart } from '../../src/policy/policy-start.js';
import { sampleFisher } from '../../src/trainers/policy/sample-fisher.js';
import { type AllTrainerSettings, createTrainer } from '../../src/trainers/registry.js';
import { scriptedGenerator } from '../trainers/scripted-generator.js';
import { type ToySettings, toySettings, toyStep } from '../trainers/toy-search.js';

/** The same for every seed, and the seeds that it is measured on. */
const LAMBDA = 300;
const SEEDS = [0, 1, 2];
const STEPS = 80;
/** Prompts by which a policy is measured. */
const DRAWN = 500;

interface Task {
  /** What the generator reads before it writes. */
  readonly context: string;
  /** Every fourth word is rewarded; the tasks share none. */
  readonly rest: number;
}

const FIRST: Task = { context: ' great movie film scene music', rest: 0 };
const SECOND: Task = { context: ' dark slow cold long deep', rest: 1 };

function rewardOf({ rest }: Task, tokenIds: readonly number[]): number {
  return tokenIds.reduce((sum, id) => sum + (id % 4 === rest ? 50 : 0), 0);
}

/** A narrow range of rewards: the policy keeps a nat per word, so that its Fisher information says something. */
function settingsOf({ context }: Task, seed: number, start?: PolicyStart): ToySettings {
  const settings = toySettings({
    trainer: 'log-variance',
    seed,
    promptLength: 2,
    priorBeta: 1,
    innerSize: 256,
    learningRate: 1e-3,
    rewardTo: [0, 1.5],
    resampling: 0,
  });
  const more: Partial<AllTrainerSettings> = { context: [context], ...(start ? { start } : {}) };
  return { ...settings, ...more };
}

const generator = () => scriptedGenerator({ hiddenSize: 64 });

async function learn(task: Task, seed: number, start?: PolicyStart): Promise<MlpParameters> {
  const settings = settingsOf(task, seed, start);
  const trainer = await createTrainer('log-variance', generator(), settings);
  for (let step = 0; step < STEPS; step++) await toyStep(trainer, (tokenIds) => rewardOf(task, tokenIds), settings);
  const { arrays } = trainer.save();
  await trainer.dispose();
  return unnamed('policy', arrays);
}

/** The mean reward of prompts drawn from a policy, the untrained one where none is given. */
async function scoreOf(task: Task, seed: number, parameters?: MlpParameters): Promise<number> {
  const settings = settingsOf(task, seed + 100, parameters && { parameters });
  const trainer = await createTrainer('log-variance', generator(), settings);
  const rollouts = await trainer.propose(DRAWN);
  await trainer.dispose();
  return rollouts.reduce((sum, { tokenIds }) => sum + rewardOf(task, tokenIds) / DRAWN, 0);
}

describe('a policy that learns a second task', () => {
  it.for(SEEDS)(
    'forgets the first one where nothing holds it, and keeps 90 % of it with 80 % of the gain where EWC does: seed %i',
    async (seed, { annotate }) => {
      const first = await learn(FIRST, seed);
      const settings = settingsOf(FIRST, seed, { parameters: first });
      const fisher = withFloor(await sampleFisher(generator(), settings));
      const reached = await scoreOf(FIRST, seed, first);
      const before = await scoreOf(SECOND, seed, first);
      const alone = await scoreOf(SECOND, seed, await learn(SECOND, seed));
      /** Score on the first task, of what was reached there; gain on the second, of what it gains when learned alone. */
      const continued = async (lambda: number): Promise<{ kept: number; gained: number }> => {
        const start = { parameters: first, ...(lambda > 0 ? { elastic: { lambda, fisher } } : {}) };
        const second = await learn(SECOND, seed, start);
        return {
          kept: (await scoreOf(FIRST, seed, second)) / reached,
          gained: ((await scoreOf(SECOND, seed, second)) - before) / (alone - before),
        };
      };
      const [plain, held] = [await continued(0), await continued(LAMBDA)];
      await annotate(JSON.stringify({ plain, held }));
      expect(plain.kept).toBeLessThan(0.7);
      expect(plain.gained).toBeGreaterThan(0.8);
      expect(held.kept).toBeGreaterThanOrEqual(0.9);
      expect(held.gained).toBeGreaterThanOrEqual(0.8);
    },
  );
});
