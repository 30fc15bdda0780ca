import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Task } from './types.js';

/**
 * sha256 over all of a task that a reward can depend on: its definition, its examples and, where it brings a reward
 * of its own, the file which that is written in.
 */
export function taskDigest(task: Omit<Task, 'digest'>): string {
  const { source: _source, file, warnings: _warnings, splits, ...definition } = task;
  const hash = createHash('sha256').update(JSON.stringify(definition));
  for (const split of ['train', 'dev', 'test'] as const) {
    hash.update(`\n${split}`);
    for (const { text, label, fields } of splits[split]) {
      hash.update(`\n${JSON.stringify([text, label ?? null, Object.entries(fields)])}`);
    }
  }
  if (task.kind === 'custom' && file !== undefined) hash.update('\nreward\n').update(readFileSync(file));
  return hash.digest('hex');
}
