import { describe, expect, it } from 'vitest';
import { PromptTree } from '../../../src/trainers/search/prompt-tree.js';

const evenly = async () => ({ tokenIds: [1, 2], priors: Float64Array.of(0.5, 0.5) });
const firstOnly = async () => ({ tokenIds: [1, 2], priors: Float64Array.of(0.99, 0.01) });

describe('the tree of prompts', () => {
  it('looks at the root first, then at what the language model likes', async () => {
    const tree = new PromptTree(2);
    const first = (await tree.select(firstOnly))!;
    expect(first.tokenIds).toEqual([]);
    tree.backUp(first, 0, { wasProposed: false });
    expect((await tree.select(firstOnly))!.tokenIds).toEqual([1]);
  });

  it('looks elsewhere while a prompt waits for its reward', async () => {
    const tree = new PromptTree(1);
    tree.propose((await tree.select(evenly))!);
    const taken = [];
    for (let i = 0; i < 2; i++) {
      const path = (await tree.select(evenly))!;
      taken.push(path.tokenIds[0]);
      tree.propose(path);
    }
    expect(taken.sort()).toEqual([1, 2]);
  });

  it('tries every beginning that the language model likes as much, although the first was good', async () => {
    const tree = new PromptTree(8);
    const three = async () => ({ tokenIds: [1, 2, 3], priors: Float64Array.of(1 / 3, 1 / 3, 1 / 3) });
    const tried = new Set<number | undefined>();
    for (let i = 0; i < 20; i++) {
      const path = (await tree.select(three))!;
      tried.add(path.tokenIds[0]);
      tree.backUp(path, path.tokenIds[0] === 1 ? 1 : 0, { wasProposed: false });
    }
    expect([...tried]).toEqual(expect.arrayContaining([1, 2, 3]));
  });

  it('comes back to the beginning whose prompts were better, against the odds of the language model', async () => {
    const tree = new PromptTree(8);
    for (let i = 0; i < 60; i++) {
      const path = (await tree.select(async () => ({ tokenIds: [1, 2], priors: Float64Array.of(0.8, 0.2) })))!;
      tree.backUp(path, path.tokenIds[0] === 2 ? 1 : 0, { wasProposed: false });
    }
    const [one, two] = [1, 2].map((tokenId) => tree.pathOf([tokenId]).nodes[1]!.visits);
    expect(two).toBeGreaterThan(3 * one!);
  });

  it('closes what was seen whole, and says when nothing new is left', async () => {
    const tree = new PromptTree(2);
    const whole = new Set<string>();
    for (let path = await tree.select(evenly); path; path = await tree.select(evenly)) {
      if (path.tokenIds.length === 2) whole.add(path.tokenIds.join(' '));
      tree.backUp(path, 1, { wasProposed: false });
    }
    expect([...whole].sort()).toEqual(['1 1', '1 2', '2 1', '2 2']);
  });

  it('is the same after it was saved', async () => {
    const tree = new PromptTree(3);
    for (let i = 0; i < 9; i++) tree.backUp((await tree.select(evenly))!, Math.sin(i), { wasProposed: false });
    const copy = new PromptTree(3);
    copy.restore(JSON.parse(JSON.stringify(tree.save())));
    expect(copy.save()).toEqual(tree.save());
    expect((await copy.select(evenly))!.tokenIds).toEqual((await tree.select(evenly))!.tokenIds);
  });
});
