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

  it('knows the entropy of the first tokens over what was scored', () => {
    const tree = new PromptTree(1);
    expect(tree.rootEntropy()).toBe(0);
    for (const tokenId of [1, 1, 1, 2]) tree.backUp(tree.pathOf([tokenId]), 1, { wasProposed: false });
    tree.pathOf([3]);
    expect(tree.rootEntropy()).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 12);
  });

  it('gives nodes the mean of the new rewards below them, as often as they were visited', () => {
    const tree = new PromptTree(2);
    for (const [prompt, reward] of [
      [[1, 1], 10],
      [[1, 2], 20],
      [[2, 1], 60],
    ] as const) {
      tree.backUp(tree.pathOf(prompt), reward, { wasProposed: false });
    }
    tree.backUp(tree.pathOf([1]), 0, { wasProposed: false });
    tree.reweigh([
      { tokenIds: [1, 1], reward: 2 },
      { tokenIds: [1, 2], reward: 4 },
      { tokenIds: [2, 1], reward: -3 },
      { tokenIds: [9, 9], reward: 5 },
    ]);
    const totals = [[], [1], [1, 1], [1, 2], [2]].map((prompt) => {
      const { visits = 0, total = 0 } = tree.pathOf(prompt).nodes.at(-1) ?? {};
      return [visits, total];
    });
    expect(totals).toEqual([
      [4, 8],
      [3, 9],
      [1, 2],
      [1, 4],
      [1, -3],
    ]);
    expect(tree.save().range).toEqual([-3, 5]);
  });

  it('counts what is proposed as the least until its reward is known', () => {
    const tree = new PromptTree(2);
    const path = tree.pathOf([1, 2]);
    tree.propose(path);
    expect(path.nodes.map(({ pending, visits }) => [pending, visits])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(path.nodes.map(({ isClosed }) => isClosed)).toEqual([false, false, true]);
    tree.backUp(path, 7, { wasProposed: true });
    expect(path.nodes.map(({ pending, visits, total }) => [pending, visits, total])).toEqual([
      [0, 1, 7],
      [0, 1, 7],
      [0, 1, 7],
    ]);
    expect([tree.isExhausted, tree.save().range]).toEqual([false, [7, 7]]);
    expect(new PromptTree(2).save().range).toBeNull();
  });
});
