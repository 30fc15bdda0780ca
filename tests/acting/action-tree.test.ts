import { describe, expect, it } from 'vitest';
import { ActionTree } from '../../src/acting/action-tree.js';
import { playEpisode, type World } from '../../src/acting/episodes.js';
import type { Choice } from '../../src/acting/policy/phrase-policy.js';
import { Rng } from '../../src/random/rng.js';

const ACTIONS = ['go left', 'go right', 'rest'];
const BEST = 'go right, rest, go left';

/** Three steps; only one plan is worth 1, and going left at first ends it. */
function maze(): World & { played: string[] } {
  let way: string[] = [];
  const played: string[] = [];
  return {
    played,
    reset: async () => {
      way = [];
      return { observation: 'You are in a maze. You', actions: ACTIONS };
    },
    step: async (action) => {
      way.push(action);
      const done = way[0] === 'go left' || way.length === 3;
      if (done) played.push(way.join(', '));
      const reward = way.join(', ') === BEST ? 1 : 0;
      return { observation: `You went ${way.length} steps. You`, actions: done ? [] : ACTIONS, reward, done };
    },
  };
}

const policy = {
  look: async (text: string, actions: readonly string[]): Promise<Choice> => ({
    ...{ text, actions, lmScores: new Float64Array(actions.length), state: new Float32Array(1), phrases: [] },
  }),
};
/** All actions are equally likely. */
const uniform = ({ actions }: Choice) => Float64Array.from(actions, () => -Math.log(actions.length));

const search = (world: World, tree: ActionTree) =>
  playEpisode(world, 'get out', policy, (choice) => tree.choose(choice));

describe('a search over actions', () => {
  it('comes to every episode, finds the best plan, and knows when there is none left', async () => {
    const world = maze();
    const tree = new ActionTree(uniform, Rng.create(0, 'sampling'));
    let best = 0;
    while (!tree.isExhausted && world.played.length < 200) {
      const { total } = await search(world, tree);
      tree.end(total);
      best = Math.max(best, total);
    }
    expect(best).toBe(1);
    expect(tree.isExhausted).toBe(true);
    expect(new Set(world.played).size).toBe(1 + 2 * 9);
    expect(world.played).toContain(BEST);
  });

  it('names the duty of an environment that offers other actions after equal ones', async () => {
    let episode = 0;
    const taken: string[] = [];
    const random: World = {
      reset: async () => {
        episode += 1;
        return { observation: 'A door. You', actions: ['knock'] };
      },
      step: async (action) => {
        taken.push(action);
        const done = action !== 'knock';
        const actions = done ? [] : ACTIONS.slice(0, 3 - (episode % 3));
        return { observation: 'A room. You', actions, reward: 0, done };
      },
    };
    const tree = new ActionTree(uniform, Rng.create(0, 'sampling'));
    const learn = async () => {
      for (let more = 0; more < 20; more++) tree.end((await search(random, tree)).total);
    };
    await expect(learn()).rejects.toMatchObject({
      code: 'E_ENVIRONMENT_UNEQUAL',
      message: expect.stringContaining('equal actions must lead to equal answers, but after "knock" other actions'),
    });
    expect(taken).not.toContain('');
  });

  it('returns to what was good', async () => {
    const world = maze();
    const tree = new ActionTree(uniform, Rng.create(0, 'sampling'));
    const isFound = () => world.played.includes(BEST);
    while (!isFound()) tree.end((await search(world, tree)).total);
    const before = world.played.length;
    for (let more = 0; more < 5; more++) tree.end((await search(world, tree)).total);
    const after = world.played.slice(before);
    const count = (start: string) => after.filter((way) => way.startsWith(start)).length;
    expect(count('go right')).toBeGreaterThan(count('rest'));
  });
});
