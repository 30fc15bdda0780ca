import { describe, expect, it } from 'vitest';
import { learn, type RememberedTask, recall } from '../../src/prompt-library/prompt-library.js';
import { isSameTask, signatureOf, similarity, type TaskSignature } from '../../src/prompt-library/task-signature.js';
import { wordFeatures } from '../../src/prompt-library/word-features.js';
import type { Task } from '../../src/task/types.js';

const targetLm = { name: 'gpt', digest: 'd1' };

function signature(inputs: readonly string[], given: Partial<TaskSignature> = {}): TaskSignature {
  const labels = ['bad', 'good'].map((name) => ({ name, word: ` ${name}` }));
  const train = inputs.map((text, index) => ({ index, text, fields: {} }));
  const task = { labels, splits: { train, dev: [], test: [] } } as unknown as Task;
  return { ...signatureOf(task, '{input} {prompt}', targetLm), ...given };
}

const mails = signature(['win a prize now', 'free prize inside', 'see you at the meeting']);
const otherMails = signature(['win a free prize', 'a prize for you now', 'the meeting is now']);
const news = signature(['stocks fell sharply', 'the match ended in a draw'], { words: [' sports', ' business'] });

const experience = (task: string, of: TaskSignature, prompts: Record<string, number>) => ({
  task,
  signature: of,
  prompts: Object.entries(prompts).map(([text, reward]) => ({ text, reward })),
});

describe('word features', () => {
  it('have length 1, do not see case, order and signs, and are empty for texts without words', () => {
    const features = wordFeatures(['Win a PRIZE, now!']);
    expect(features).toEqual(wordFeatures(['now: prize a win']));
    expect(Math.hypot(...features)).toBeCloseTo(1, 3);
    expect(wordFeatures(['!?']).every((value) => value === 0)).toBe(true);
  });
});

describe('the similarity of tasks', () => {
  it('is 1 with itself, higher for inputs alike, and loses its share for another target LM', () => {
    expect(similarity(mails, mails)).toBeCloseTo(1, 10);
    expect(similarity(mails, otherMails)).toBeGreaterThan(similarity(mails, news));
    const moved = { ...mails, targetLm: { name: 'other', digest: 'd2' } };
    expect(similarity(mails, moved)).toBeCloseTo(0.8, 10);
    expect(isSameTask(mails, moved)).toBe(false);
  });
});

describe('the library', () => {
  it('moves a value to the mean of its rewards and keeps the best', () => {
    let tasks = learn([], experience('mails', mails, { a: 10, b: 40 }));
    tasks = learn(tasks, experience('mails', mails, { a: 30, c: 5 }));
    tasks = learn(tasks, experience('mails', mails, { a: 50 }));
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({ task: 'mails', runs: 3 });
    expect(tasks[0]!.prompts).toEqual([
      { text: 'b', mean: 40, count: 1, best: 40 },
      { text: 'a', mean: 30, count: 3, best: 50 },
      { text: 'c', mean: 5, count: 1, best: 5 },
    ]);
  });

  it('keeps the best prompts of a task, as many as it has room for', () => {
    const [task] = learn([], experience('mails', mails, { a: 1, b: 3, c: 2 }), { tasks: 9, prompts: 2 });
    expect(task!.prompts.map(({ text }) => text)).toEqual(['b', 'c']);
  });

  it('full of tasks, drops of the most similar pair the one with fewer runs', () => {
    const capacity = { tasks: 2, prompts: 9 };
    let tasks: RememberedTask[] = learn([], experience('mails', mails, { a: 1 }), capacity);
    tasks = learn(tasks, experience('mails', mails, { a: 1 }), capacity);
    tasks = learn(tasks, experience('news', news, { b: 1 }), capacity);
    const moved = { ...mails, targetLm: { name: 'other', digest: 'd2' } };
    tasks = learn(tasks, experience('moved', moved, { c: 1 }), capacity);
    expect(tasks.map(({ task }) => task)).toEqual(['mails', 'news']);
  });

  it('gives positive prompts of similar tasks, by similarity times value, each once', () => {
    const moved = { ...mails, targetLm: { name: 'other', digest: 'd2' } };
    let tasks = learn([], experience('mails', mails, { a: 50, b: 45, bad: -3 }));
    tasks = learn(tasks, experience('moved', moved, { a: 10, c: 60, d: 20 }));
    tasks = learn(
      tasks,
      experience('far', { ...news, targetLm: moved.targetLm, labels: ['x'], template: 't' }, { e: 99 }),
    );
    const recalled = recall(tasks, mails, 4);
    expect(recalled.map(({ text, task, mean }) => [text, task, mean])).toEqual([
      ['a', 'mails', 50],
      ['c', 'moved', 60],
      ['b', 'mails', 45],
      ['d', 'moved', 20],
    ]);
    expect(recall(tasks, mails, 2)).toEqual(recalled.slice(0, 2));
  });
});
