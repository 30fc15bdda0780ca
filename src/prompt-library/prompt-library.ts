import { createHash } from 'node:crypto';
import { isSameTask, similarity, type TaskSignature } from './task-signature.js';

/** A prompt and what it was worth: raw reward on dev, over the runs that scored it. */
export interface RememberedPrompt {
  readonly text: string;
  readonly mean: number;
  readonly count: number;
  readonly best: number;
}

/** All that is known of one task. */
export interface RememberedTask {
  readonly id: string;
  /** Its name in the last run. */
  readonly task: string;
  readonly signature: TaskSignature;
  /** Runs that were remembered. */
  readonly runs: number;
  /** Best mean first. */
  readonly prompts: readonly RememberedPrompt[];
}

/** A prompt of a similar task, for a new run. */
export interface RecalledPrompt {
  readonly text: string;
  readonly task: string;
  readonly similarity: number;
  readonly mean: number;
}

export interface Experience {
  readonly task: string;
  readonly signature: TaskSignature;
  readonly prompts: readonly { readonly text: string; readonly reward: number }[];
}

/** As in Rememberer (Zhang et al. 2023, history.py): tasks kept, and prompts of each. */
export interface LibraryCapacity {
  readonly tasks: number;
  readonly prompts: number;
}

export const CAPACITY: LibraryCapacity = { tasks: 500, prompts: 20 };

/** Tasks less alike than this give nothing. */
const LEAST_SIMILARITY = 0.5;

/**
 * Takes in what a run found. A prompt's value moves to the mean of its rewards, Q <- Q + (r - Q) / N (Rememberer,
 * Zhang et al. 2023, eq. 4 with alpha = 1/N). Beyond the capacity the worst prompts of a task go, and of the most
 * similar pair of tasks the one with fewer runs.
 */
export function learn(
  tasks: readonly RememberedTask[],
  experience: Experience,
  capacity: LibraryCapacity = CAPACITY,
): RememberedTask[] {
  const index = tasks.findIndex(({ signature }) => isSameTask(signature, experience.signature));
  const before = tasks[index];
  const learned: RememberedTask = {
    id: before?.id ?? idOf(experience.signature),
    task: experience.task,
    signature: before?.signature ?? experience.signature,
    runs: (before?.runs ?? 0) + 1,
    prompts: mergePrompts(before?.prompts ?? [], experience.prompts).slice(0, capacity.prompts),
  };
  if (before) return tasks.map((task, i) => (i === index ? learned : task));
  const all = [...tasks, learned];
  return all.length > capacity.tasks ? withoutOneOfClosest(all) : all;
}

/** The best prompts of similar tasks, by similarity times mean reward; only such as were worth something. */
export function recall(tasks: readonly RememberedTask[], signature: TaskSignature, count: number): RecalledPrompt[] {
  const found = new Map<string, RecalledPrompt>();
  for (const task of tasks) {
    const likeness = similarity(task.signature, signature);
    if (likeness < LEAST_SIMILARITY) continue;
    for (const { text, mean } of task.prompts) {
      const prompt = { text, task: task.task, similarity: likeness, mean };
      const other = found.get(text);
      if (mean > 0 && (!other || worthOf(other) < worthOf(prompt))) found.set(text, prompt);
    }
  }
  return [...found.values()].sort((a, b) => worthOf(b) - worthOf(a) || (a.text < b.text ? -1 : 1)).slice(0, count);
}

function worthOf({ similarity: likeness, mean }: RecalledPrompt): number {
  return likeness * mean;
}

function mergePrompts(known: readonly RememberedPrompt[], fresh: Experience['prompts']): RememberedPrompt[] {
  const byText = new Map(known.map((prompt) => [prompt.text, prompt]));
  for (const { text, reward } of fresh) {
    const { mean, count, best } = byText.get(text) ?? { mean: 0, count: 0, best: reward };
    const n = count + 1;
    byText.set(text, { text, mean: mean + (reward - mean) / n, count: n, best: Math.max(best, reward) });
  }
  return [...byText.values()].sort((a, b) => b.mean - a.mean || b.count - a.count || (a.text < b.text ? -1 : 1));
}

function withoutOneOfClosest(tasks: readonly RememberedTask[]): RememberedTask[] {
  let dropped: RememberedTask | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [i, older] of tasks.entries()) {
    for (const newer of tasks.slice(i + 1)) {
      const likeness = similarity(older.signature, newer.signature);
      if (likeness > highest) [highest, dropped] = [likeness, newer.runs < older.runs ? newer : older];
    }
  }
  return tasks.filter((task) => task !== dropped);
}

function idOf(signature: TaskSignature): string {
  return createHash('sha256').update(JSON.stringify(signature)).digest('hex').slice(0, 8);
}
