import { describe, expect, it } from 'vitest';
import { MinibatchCandidates } from '../../../src/run/select/minibatch-candidates.js';

const prompt = (text: string, ...tokenIds: number[]) => ({ text, tokenIds });
const texts = (found: readonly { text: string }[]) => found.map(({ text }) => text);

describe('MinibatchCandidates', () => {
  it('gives the best first, of equals the earlier, and forgets what it gave', () => {
    const candidates = new MinibatchCandidates(10);
    candidates.add(prompt('low', 1), -2);
    candidates.add(prompt('first', 2, 3), 5);
    candidates.add(prompt('second', 4), 5);
    candidates.add(prompt('high', 5), 6);
    const taken = candidates.take(2);
    expect(texts(taken)).toEqual(['high', 'first']);
    expect(taken[1]).toEqual({ text: 'first', tokenIds: [2, 3], trace: undefined });
    expect(texts(candidates.take(5))).toEqual(['second', 'low']);
    expect(candidates.take(5)).toEqual([]);
  });

  it('counts the latest reward of a prompt, and its latest place among equals', () => {
    const candidates = new MinibatchCandidates(10);
    candidates.add(prompt('a', 1), 9);
    candidates.add(prompt('b', 2), 3);
    candidates.add(prompt('a', 1), 3);
    expect(candidates.save().map(({ text, reward }) => [text, reward])).toEqual([
      ['b', 3],
      ['a', 3],
    ]);
    expect(texts(candidates.take(2))).toEqual(['b', 'a']);
  });

  it('keeps the best of more than twice its capacity', () => {
    const candidates = new MinibatchCandidates(2);
    for (const reward of [4, 1, 3, 2]) candidates.add(prompt(`p${reward}`, reward), reward);
    expect(candidates.save()).toHaveLength(4);
    candidates.add(prompt('p0', 0), 0);
    expect(texts(candidates.save())).toEqual(['p4', 'p3']);
  });

  it('continues from what was saved, and is empty when cleared', () => {
    const candidates = new MinibatchCandidates(3);
    candidates.add(prompt('a', 1, 2), 1);
    candidates.add(prompt('b', 3), 2);
    const again = new MinibatchCandidates(3);
    again.add(prompt('old', 9), 9);
    again.restore(JSON.parse(JSON.stringify(candidates.save())));
    expect(again.save()).toEqual(candidates.save());
    again.clear();
    expect(again.save()).toEqual([]);
  });
});
