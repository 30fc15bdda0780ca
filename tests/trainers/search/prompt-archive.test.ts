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
});
