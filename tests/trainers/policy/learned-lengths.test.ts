import { describe, expect, it, onTestFinished } from 'vitest';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const generator = scriptedGenerator({ fluentWords: ['dull', 'sad', 'old'], fluency: 3 });

describe.each(['log-variance', 'soft-q-learning', 'reinforce', 'ppo'] as const)('the trainer %s', (trainer) => {
  it('learns how long prompts are to be', async () => {
    const learner = await createTrainer(
      trainer,
      generator,
      toySettings({
        trainer,
        promptLength: '1..4',
        priorBeta: 1,
        promptsPerStep: 16,
        rewardTo: [0, 5],
        learningRate: 0.02,
        ...(trainer === 'soft-q-learning' ? { valueLevel: 'batch' } : {}),
        ...(trainer === 'log-variance' ? { replayUpdates: 0, resampling: 0 } : {}),
      }),
    );
    onTestFinished(() => learner.dispose());
    for (let step = 0; step < 60; step++) {
      const rollouts = await learner.propose(16);
      const rewards = rollouts.map(({ tokenIds }) => (tokenIds.length === 2 ? 4 : 0));
      const { loss } = await learner.update(rollouts, plainRewards(rewards));
      expect(Number.isFinite(loss)).toBe(true);
    }
    const last = await learner.propose(100);
    expect(last.filter(({ tokenIds }) => tokenIds.length === 2).length).toBeGreaterThan(60);
  });
});
