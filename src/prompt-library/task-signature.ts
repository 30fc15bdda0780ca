import { cosine } from '../statistics/cosine.js';
import type { Task } from '../task/types.js';
import { wordFeatures } from './word-features.js';

/** What a task is like, as far as it decides which prompts work. */
export interface TaskSignature {
  readonly template: string;
  /** The words the target LM is asked for, and the labels of the data. */
  readonly words: readonly string[];
  readonly labels: readonly string[];
  readonly targetLm: { readonly name: string; readonly digest: string };
  /** Of the train inputs, by `wordFeatures`. */
  readonly features: readonly number[];
}

export function signatureOf(
  task: Pick<Task, 'labels' | 'splits'>,
  template: string,
  targetLm: TaskSignature['targetLm'],
): TaskSignature {
  return {
    template,
    words: task.labels.map(({ word }) => word),
    labels: task.labels.map(({ name }) => name),
    targetLm,
    features: wordFeatures(task.splits.train.map(({ text }) => text)),
  };
}

/** How much each part of a signature counts; their sum is 1. */
const WEIGHTS = { words: 0.3, features: 0.3, targetLm: 0.2, labels: 0.1, template: 0.1 };

/** From 0, nothing in common, to 1, the same task and target LM. */
export function similarity(a: TaskSignature, b: TaskSignature): number {
  return (
    WEIGHTS.words * overlap(a.words, b.words) +
    // Two tasks without words in their inputs are alike.
    WEIGHTS.features * Math.max(0, cosine(a.features, b.features)) +
    WEIGHTS.targetLm * Number(a.targetLm.digest === b.targetLm.digest) +
    WEIGHTS.labels * overlap(a.labels, b.labels) +
    WEIGHTS.template * Number(a.template === b.template)
  );
}

/** Other splits of the same data have other features; more than this they do not differ. */
const SAME_INPUTS = 0.9;

/** Whether two signatures are of one task, maybe on other splits of its data. */
export function isSameTask(a: TaskSignature, b: TaskSignature): boolean {
  const facts = ({ template, words, labels, targetLm }: TaskSignature): string =>
    JSON.stringify([template, words, labels, targetLm.digest]);
  return facts(a) === facts(b) && cosine(a.features, b.features) >= SAME_INPUTS;
}

/** Shared texts among all texts of both. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const all = new Set([...a, ...b]);
  const shared = [...new Set(a)].filter((text) => b.includes(text)).length;
  return all.size === 0 ? 1 : shared / all.size;
}
