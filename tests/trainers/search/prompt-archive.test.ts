import { describe, expect, it } from 'vitest';
import { PromptArchive } from '../../../src/trainers/search/prompt-archive.js';

describe('the archive of prompts', () => {
  it('draws again what is known, and says how often it has', async () => {
    const archive = new PromptArchive();
    archive.add([0], 5);
    const rounds: number[] = [];
    const prompts = await archive.unseen(3, (missing, round) => {
      rounds.push(round);
      return Array.from({ length: missing }, () => [round]);
    });
    expect(prompts).toEqual([[1], [2], [3]]);
    expect(rounds).toEqual([0, 1, 2, 3]);
  });

  it('fills up with repeats when there is nothing new', async () => {
    const archive = new PromptArchive();
    archive.add([1], 0);
    expect(await archive.unseen(2, (missing) => Array.from({ length: missing }, () => [1]))).toEqual([[1], [1]]);
  });

  it('keeps the first reward of a prompt and the first of equals as best, after a restore too', () => {
    const archive = new PromptArchive();
    archive.add([1, 2], 3);
    archive.add([3, 4], 3);
    archive.add([1, 2], 9);
    const copy = new PromptArchive();
    copy.restore(JSON.parse(JSON.stringify(archive.save())));
    for (const each of [archive, copy]) expect(each.best).toEqual({ tokenIds: [1, 2], reward: 3 });
  });

  it('takes repeats in turn, and takes of a draw no more than are missing', async () => {
    const archive = new PromptArchive();
    archive.add([1], 0);
    const drawn = [[1], [2], [2], [3], [4]];
    expect(await archive.unseen(2, () => drawn)).toEqual([[2], [3]]);
    let rounds = 0;
    const few = await archive.unseen(5, () => {
      rounds += 1;
      return rounds === 1 ? [[1], [2]] : [];
    });
    expect(few).toEqual([[2], [1], [2], [1], [2]]);
    expect(rounds).toBe(32);
  });

  it('computes rewards again from their parts, and finds its best anew', () => {
    const archive = new PromptArchive();
    archive.add([1], 5, { task: 5, length: -1 });
    archive.add([2], 3, { task: 3, length: 0 });
    archive.add([3], 1);
    expect([archive.size, archive.best?.reward]).toEqual([3, 5]);
    archive.reweigh(({ task = 0, length = 0 }) => task + 10 * length);
    expect(archive.prompts().map(({ reward }) => reward)).toEqual([-5, 3, 1]);
    expect(archive.best).toEqual({ tokenIds: [2], reward: 3, parts: { task: 3, length: 0 } });
    expect(archive.save()).toEqual([
      [[1], -5, { task: 5, length: -1 }],
      [[2], 3, { task: 3, length: 0 }],
      [[3], 1],
    ]);
  });

  it('forgets what it had where it is restored', () => {
    const archive = new PromptArchive();
    archive.add([9], 99);
    archive.restore([[[1], 2]]);
    expect([archive.size, archive.best, archive.get([9])]).toEqual([1, { tokenIds: [1], reward: 2 }, undefined]);
  });
});
