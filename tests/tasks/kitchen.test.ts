import { describe, expect, it } from 'vitest';
import kitchen from '../../tasks/kitchen/environment.js';

/** Plans of which no step can be left out. */
const PLANS: Readonly<Record<string, readonly string[]>> = {
  'washed egg': ['open the fridge', 'take the egg', 'wash the egg', 'serve the egg'],
  'washed and chopped egg': ['open the fridge', 'take the egg', 'wash the egg', 'chop the egg', 'serve the egg'],
  'baked onion': [
    'open the fridge',
    'take the onion',
    'put the onion in the oven',
    'heat the oven',
    'bake the onion',
    'serve the onion',
  ],
  'fried onion and boiled egg': [
    'open the fridge',
    'take the onion',
    'put the onion in the pan',
    'oil the pan',
    'turn on the stove',
    'fry the onion',
    'serve the onion',
    'take the egg',
    'put the egg in the pot',
    'fill the pot',
    'boil the egg',
    'serve the egg',
  ],
};

describe('the kitchen', () => {
  it('holds out tasks whose dishes and foods are known from others', () => {
    const { train, test } = kitchen.tasks;
    expect(test.filter((task) => train.includes(task))).toEqual([]);
    const words = new Set(train.flatMap((task) => task.split(' ')));
    expect(test.flatMap((task) => task.split(' ')).filter((word) => !words.has(word))).toEqual([]);
  });

  it.each(Object.entries(PLANS))('gives its best return to the plan for %s', async (task, plan) => {
    const { bestReturn } = await kitchen.reset(task);
    let total = 0;
    for (const [place, action] of plan.entries()) {
      const { reward, done } = await kitchen.step(action);
      total += reward;
      expect(done).toBe(place === plan.length - 1);
    }
    expect(total).toBeCloseTo(bestReturn ?? Number.NaN, 9);
  });

  it('has plans of 4 to 12 steps', () => {
    const lengths = Object.values(PLANS).map(({ length }) => length);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([4, 12]);
  });

  it('says what is the case, and last what is left to be done', async () => {
    const { observation } = await kitchen.reset('fried onion and boiled egg');
    expect(observation).toBe(
      'The egg is in the fridge. The onion is in the fridge. To fry the onion and boil the egg, I',
    );
    const plan = PLANS['fried onion and boiled egg'] ?? [];
    const after: string[] = [];
    for (const action of plan) after.push((await kitchen.step(action)).observation.split('. ').at(-1) ?? '');
    expect(after[5]).toBe('To serve the onion and boil the egg, I');
    expect(after[6]).toBe('To boil the egg, I');
  });

  it('serves what is ready only, and gives back what was put into the wrong place', async () => {
    await kitchen.reset('boiled egg');
    for (const action of ['open the fridge', 'take the egg']) await kitchen.step(action);
    const wrong = await kitchen.step('put the egg in the pan');
    expect(wrong.actions).not.toContain('serve the egg');
    await kitchen.step('take the egg');
    for (const action of ['put the egg in the pot', 'fill the pot', 'turn on the stove']) await kitchen.step(action);
    const boiled = await kitchen.step('boil the egg');
    expect(boiled.actions).toContain('serve the egg');
    expect((await kitchen.step('serve the egg')).done).toBe(true);
  });

  it('ends after 30 steps', async () => {
    await kitchen.reset('boiled egg');
    await kitchen.step('open the fridge');
    const ways = ['take the egg', 'put the egg in the oven'];
    for (let step = 2; step < 30; step++) expect((await kitchen.step(ways[step % 2] ?? '')).done).toBe(false);
    expect((await kitchen.step('take the egg')).done).toBe(true);
  });

  it('refuses what cannot be done now', async () => {
    await kitchen.reset('boiled egg');
    await expect((async () => kitchen.step('take the egg'))()).rejects.toThrow('"take the egg" cannot be done now');
  });
});
