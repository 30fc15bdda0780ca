import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/random/rng.js';
import { SearchSpace } from '../../../src/trainers/search/search-space.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const generator = scriptedGenerator();
const space = await SearchSpace.create(generator, toySettings({ promptLength: 3 }));
const rng = () => Rng.create(2, 'search');

describe('the prompts that a search may propose', () => {
  it('are of the words, without what is special, cannot be seen or is not in the vocabulary', () => {
    expect(space.tokenIds).toEqual(generator.words.map((word) => generator.idOf(word)).sort((a, b) => a - b));
    expect(space.tokenEntropy).toBeCloseTo(Math.log(generator.words.length), 12);
  });

  it('have the prompt length and allowed tokens', () => {
    const prompts = Array.from({ length: 300 }, () => space.randomPrompt(rng()));
    expect(prompts.every((prompt) => space.admits(prompt))).toBe(true);
    const [first = 0] = space.tokenIds;
    expect(space.firstPrompt()).toEqual([first, first, first]);
    expect([[first], [first, first, 0], [first, first, first, first]].map((prompt) => space.admits(prompt))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('draw every token', () => {
    const source = rng();
    const drawn = new Set(Array.from({ length: 2000 }, () => space.randomToken(source)));
    expect([...drawn].sort((a, b) => a - b)).toEqual(space.tokenIds);
  });

  it('are substituted at so many places, anywhere, and the parent stays as it is', () => {
    const source = rng();
    const parent = [-1, -2, -3];
    const places = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const child = space.substituted(parent, 2, source);
      const changed = child.flatMap((token, place) => (token === parent[place] ? [] : [place]));
      expect(changed).toHaveLength(2);
      places.add(changed.join());
    }
    expect([...places].sort()).toEqual(['0,1', '0,2', '1,2']);
    expect(parent).toEqual([-1, -2, -3]);
    expect(space.substituted(parent, 0, source)).toEqual(parent);
  });

  it('are trimmed as text', () => {
    const good = generator.idOf('good');
    expect(space.rollout([good, good])).toEqual({ tokenIds: [good, good], text: 'good good', trace: undefined });
  });
});
