import { describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import type { PolicyRollout } from '../../../src/trainers/policy/prompt-policy.js';
import { createTrainer } from '../../../src/trainers/registry.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { plainRewards, toySettings } from '../toy-search.js';

const COUNT = 8;

function create(trainer: 'best-of-n' | 'random', given: Partial<RunConfigInput> = {}, fluency = 6) {
  const generator = scriptedGenerator({ fluentWords: ['dull', 'sad'], fluency });
  return createTrainer(trainer, generator, toySettings({ trainer, ...given }));
}

const rewards = plainRewards(new Array(COUNT).fill(1));

describe('best of n', () => {
  it('begins with what the LM likes best', async () => {
    const trainer = await create('best-of-n', {}, 20);
    expect(['dull', 'sad']).toEqual(expect.arrayContaining((await trainer.best()).text.split(' ')));
    const words = (await trainer.propose(4)).flatMap(({ text }) => text.split(' '));
    expect(new Set(words)).toEqual(new Set(['dull', 'sad']));
    await trainer.dispose();
  });

  it('estimates the entropy of a token by what it has drawn', async () => {
    const trainer = await create('best-of-n');
    const rollouts = (await trainer.propose(COUNT)) as PolicyRollout[];
    const logProbs = rollouts.flatMap(({ trace }) => [...trace.samplingLogProbs]);
    const { entropy } = await trainer.update(rollouts, rewards);
    expect(entropy).toBeCloseTo(-logProbs.reduce((sum, value) => sum + value, 0) / (3 * COUNT), 9);
    expect(entropy).toBeGreaterThan(0);
    await trainer.dispose();
  });

  it('draws at the temperature that is set', async () => {
    const entropyAt = async (temperature: number) => {
      const trainer = await create('best-of-n', { temperature }, 2);
      const { entropy } = await trainer.update(await trainer.propose(COUNT), rewards);
      await trainer.dispose();
      return entropy;
    };
    expect(await entropyAt(0.5)).toBeLessThan((await entropyAt(2)) - 0.5);
  });

  it('draws hotter where the LM says the same again, until all was said', async () => {
    const trainer = await create('best-of-n', { promptLength: 1 }, 12);
    const said = new Set<string>();
    for (let step = 0; step < 40 / COUNT; step++) {
      const rollouts = await trainer.propose(COUNT);
      await trainer.update(rollouts, rewards);
      for (const { text } of rollouts) said.add(text);
    }
    expect(said.size).toBe(40);
    await trainer.dispose();
  });
});

describe('random search', () => {
  it('draws every word as often, at the entropy of doing so', async () => {
    const trainer = await create('random');
    const drawn = (await trainer.propose(1000)).flatMap(({ tokenIds }) => tokenIds);
    const counts = new Map<number, number>();
    for (const id of drawn) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(counts.size).toBe(40);
    for (const count of counts.values()) expect(Math.abs(count - 75)).toBeLessThan(40);
    const rollouts = await trainer.propose(COUNT);
    expect((await trainer.update(rollouts, rewards)).entropy).toBeCloseTo(Math.log(40), 9);
  });
});
