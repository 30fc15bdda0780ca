import { describe, expect, it } from 'vitest';
import { type Episode, playEpisode, type World } from '../../../src/acting/episodes.js';
import { ExperienceMemory, type MemoryRule } from '../../../src/acting/memory/experience-memory.js';
import type { Choice } from '../../../src/acting/policy/phrase-policy.js';
import { Rng } from '../../../src/random/rng.js';

const TASK = 'go home';
const STATE = new Float32Array(1);
const ACTIONS = ['go left', 'go right'];
const STATES = 5;
const DISCOUNT = 0.9;

/** Five places in a row. The far end is worth more than the near one, but costs more steps. */
function move(place: number, action: string): { next: number; reward: number; done: boolean } {
  const next = action === 'go right' ? place + 1 : place - 1;
  const end = next === STATES ? 1 : 0.5;
  const done = next === STATES || next < 0;
  return { next, done, reward: (done ? end : 0) - 0.05 };
}

function chain(start: () => number): World {
  let place = 0;
  const see = () => ({ observation: `You are at place ${place}. You`, actions: ACTIONS });
  return {
    reset: async () => {
      place = start();
      return see();
    },
    step: async (action) => {
      const { next, reward, done } = move(place, action);
      place = next;
      return { ...see(), reward, done };
    },
  };
}

/** Q of each place and action, [places][actions] */
function valueIteration(): number[][] {
  let values = Array.from({ length: STATES }, () => ACTIONS.map(() => 0));
  for (let sweep = 0; sweep < 500; sweep++) {
    values = values.map((_, place) =>
      ACTIONS.map((action) => {
        const { next, reward, done } = move(place, action);
        return reward + (done ? 0 : DISCOUNT * Math.max(...values[next]!));
      }),
    );
  }
  return values;
}

const policy = {
  look: async (text: string, actions: readonly string[]): Promise<Choice> => ({
    ...{ text, actions, lmScores: new Float64Array(actions.length), state: STATE, phrases: [] },
  }),
};
const visitsOf = ({ steps }: Episode) =>
  steps.map(({ choice: { text, actions }, action, reward }) => ({
    text,
    state: STATE,
    action: actions[action]!,
    reward,
  }));

/** @returns the largest error of all values after episodes in which each action is as likely as the other */
async function errorAfter(episodes: number, rule: MemoryRule): Promise<number> {
  const rng = Rng.create(0, 'sampling');
  const world = chain(() => rng.below(STATES));
  const memory = new ExperienceMemory(rule);
  for (let played = 0; played < episodes; played++) {
    memory.learn(TASK, STATE, visitsOf(await playEpisode(world, TASK, policy, () => rng.below(ACTIONS.length))));
  }
  const errors = valueIteration().flatMap((values, place) =>
    values.map((value, action) => {
      const known = memory.find(TASK, `You are at place ${place}. You`)?.actions.get(ACTIONS[action]!);
      return Math.abs(value - (known?.value ?? Number.NaN));
    }),
  );
  return Math.max(...errors);
}

describe('the memory of what actions were worth', () => {
  it('has the values of value iteration on a chain of five places, whoever explored it', async () => {
    const rule = { horizon: 1, discount: DISCOUNT, leastShare: 0.1 };
    expect(await errorAfter(2000, rule)).toBeLessThan(1e-6);
    // What its documentation says: means keep what was wrong at first, and longer targets hold what exploring did.
    expect(await errorAfter(2000, { ...rule, leastShare: 0 })).toBeGreaterThan(1e-4);
    expect(await errorAfter(2000, { ...rule, horizon: 3 })).toBeGreaterThan(1e-2);
  });

  const walk = ['a', 'b', 'c'].map((text, i) => ({ text, state: STATE, action: 'on', reward: [1, 2, 4][i]! }));
  const valuesOf = (memory: ExperienceMemory) =>
    memory.save().map(({ text, actions }) => [text, ...actions.map(([, value]) => value)]);

  it.each<[what: string, horizon: number, values: number[]]>([
    // The episodes end with 4 and with 0. A target's own rewards are those that were had, the rest is the best that is known.
    ['all rewards of the episode', Number.POSITIVE_INFINITY, [5, 4]],
    ['two rewards, then the best that is known', 2, [7, 4]],
    ['one reward, then the best that is known', 1, [7, 6]],
  ])('has the mean of targets of %s', (_, horizon, [ofA, ofB]) => {
    const memory = new ExperienceMemory({ horizon, discount: 1, leastShare: 0 });
    const last = walk[2]!;
    memory.learn(TASK, STATE, walk);
    memory.learn(TASK, STATE, [...walk.slice(0, 2), { ...last, action: 'back', reward: 0 }]);
    expect(valuesOf(memory)).toEqual([
      ['c', 4, 0],
      ['b', ofB],
      ['a', ofA],
    ]);
  });

  it('discounts what comes later', () => {
    for (const horizon of [1, 2, Number.POSITIVE_INFINITY]) {
      const memory = new ExperienceMemory({ horizon, discount: 0.5, leastShare: 0 });
      memory.learn(TASK, STATE, walk);
      expect(memory.find(TASK, 'a')?.actions.get('on')?.value).toBe(1 + 0.5 * 2 + 0.25 * 4);
    }
  });

  it('counts a new target for its least share at least', () => {
    const memory = new ExperienceMemory({ horizon: 1, discount: 1, leastShare: 0.4 });
    const end = (reward: number) => memory.learn(TASK, STATE, [{ text: 'a', state: STATE, action: 'on', reward }]);
    const shares = [1, 1 / 2, 0.4, 0.4];
    let value = 0;
    for (const [i, share] of shares.entries()) {
      end(i);
      value = (1 - share) * value + share * i;
    }
    expect(memory.find(TASK, 'a')?.actions.get('on')).toEqual({ value, count: 4 });
  });

  it('forgets the situations met longest ago, and of many actions neither the best nor the worst', () => {
    const memory = new ExperienceMemory({ horizon: 1, discount: 1, leastShare: 0 }, { situations: 2, actions: 3 });
    const learn = (text: string, action: string, reward: number) =>
      memory.learn(TASK, STATE, [{ text, state: STATE, action, reward }]);
    learn('a', 'on', 1);
    learn('b', 'on', 1);
    learn('a', 'back', 0);
    learn('c', 'on', 1);
    expect(memory.situations.map(({ text }) => text)).toEqual(['a', 'c']);
    learn('c', 'back', -1);
    learn('c', 'wait', 0.5);
    learn('c', 'sing', 2);
    expect([...memory.find(TASK, 'c')!.actions.keys()]).toEqual(['on', 'back', 'sing']);
  });

  it('is after being saved what it was before, in the same order', async () => {
    const rule = { horizon: 1, discount: 1, leastShare: 0 };
    const [memory, restored] = [new ExperienceMemory(rule), new ExperienceMemory(rule)];
    const stateOf = async (text: string) => Float32Array.of(text.length);
    const walked = walk.map((visit) => ({ ...visit, state: Float32Array.of(visit.text.length) }));
    for (const [task, visits] of [
      [TASK, walked],
      ['go away', walked],
      [TASK, walked.slice(2)],
    ] as const) {
      memory.learn(task, await stateOf(task), visits);
    }
    await restored.restore(JSON.parse(JSON.stringify(memory.save())), stateOf);
    expect(restored.situations).toEqual(memory.situations);
  });
});
