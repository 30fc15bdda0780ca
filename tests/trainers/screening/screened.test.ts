import { describe, expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { SCREENABLE_TRAINERS, TRAINER_NAMES } from '../../../src/config/values/trainer-names.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { pooledStates } from '../../../src/trainers/screening/pooled-states.js';
import { testTrainer } from '../../contracts/trainer.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { type ToyReward, toySettings, toyStep } from '../toy-search.js';

const settingsOf = (trainer: (typeof TRAINER_NAMES)[number], screening: number) =>
  toySettings({ trainer, screening, populationSize: 8, promptsPerStep: 8 });

for (const trainer of SCREENABLE_TRAINERS) {
  testTrainer(trainer, {
    create: (generator, settings) => createTrainer(trainer, generator, settings),
    settings: (seed) => ({ ...settingsOf(trainer, 3), seed }),
    kind: ['log-variance', 'sparse-q-learning'].includes(trainer) ? 'policy' : 'search',
    ...(trainer === 'edit-search' ? { anyLength: 'edits delete and insert words' } : {}),
  });
}

/** Additive in the tokens, so that it can be read off the LM's states. */
const sumOfTokens: ToyReward = (tokenIds) => tokenIds.reduce((sum, id) => sum + ((id * 7) % 40), 0);

async function meanReward(screening: number): Promise<{ mean: number; correlations: number[] }> {
  const settings = settingsOf('random', screening);
  const trainer = await createTrainer('random', scriptedGenerator({ hiddenSize: 48 }), settings);
  const steps = [];
  for (let step = 0; step < 24; step++) steps.push(await toyStep(trainer, sumOfTokens, settings));
  const late = steps.slice(12).flatMap(({ rewards }) => rewards.map(({ raw }) => raw));
  return {
    mean: late.reduce((sum, raw) => sum + raw / late.length, 0),
    correlations: steps.flatMap(({ metrics }) => (metrics['screen/correlation'] as number | undefined) ?? []),
  };
}

describe('screening', () => {
  it('starts when 64 prompts were scored, and then gives random search better prompts', async () => {
    const [without, screened] = [await meanReward(0), await meanReward(4)];
    expect(without.correlations).toEqual([]);
    expect(screened.correlations).toHaveLength(24 - 64 / 8);
    expect(screened.mean).toBeGreaterThan(without.mean + 10);
  });

  it('goes on bit by bit after a stop in the middle of screening', async () => {
    const settings = settingsOf('log-variance', 3);
    const start = () => createTrainer('log-variance', scriptedGenerator(), settings);
    const whole = await start();
    for (let step = 0; step < 12; step++) await toyStep(whole, sumOfTokens, settings);
    const resumed = await start();
    resumed.restore(structuredClone(whole.save()));
    for (let step = 0; step < 3; step++) {
      const [one, other] = [await toyStep(whole, sumOfTokens, settings), await toyStep(resumed, sumOfTokens, settings)];
      expect(one.metrics['screen/correlation']).toBeTypeOf('number');
      expect(other).toEqual(one);
    }
    await Promise.all([whole.dispose(), resumed.dispose()]);
  });

  it.each(TRAINER_NAMES.filter((name) => !SCREENABLE_TRAINERS.includes(name)))(
    'is refused for %s by name',
    (trainer) => {
      expect(() => completeRunConfig({ task: 'spam', trainer, screening: 4 })).toThrow(
        `trainer ${trainer} learns from`,
      );
    },
  );

  it('is refused where it would leave nothing to choose from', () => {
    expect(() => completeRunConfig({ task: 'spam', screening: 1 })).toThrow('leaves nothing to choose from');
  });
});

describe('pooledStates', () => {
  it('is the mean of the states after each token, whatever stands beside a prompt', async () => {
    const generator = scriptedGenerator();
    const { hiddenStates } = generator;
    const mixed = await pooledStates(generator, [[3, 4, 5], [6], [7, 8, 9]]);
    const alone = await pooledStates(generator, [[3, 4, 5]]);
    expect(mixed[0]).toEqual(alone[0]);
    const stateAfter = async (...tokens: number[]) => {
      const { hidden, state } = await hiddenStates.begin([[0, ...tokens]]);
      state.dispose();
      return hidden;
    };
    expect(mixed[1]).toEqual(await stateAfter(6));
    const states = [await stateAfter(3), await stateAfter(3, 4), await stateAfter(3, 4, 5)];
    mixed[0]!.forEach((value, j) => {
      expect(value).toBeCloseTo((states[0]![j]! + states[1]![j]! + states[2]![j]!) / 3, 5);
    });
    expect(generator.liveStates()).toBe(0);
  });
});
