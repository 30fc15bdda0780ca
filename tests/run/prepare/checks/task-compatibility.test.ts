import { describe, expect, it } from 'vitest';
import { refuseIncompatible } from '../../../../src/run/prepare/checks/task-compatibility.js';
import type { Task } from '../../../../src/task/types.js';

const task = (kind: Task['kind']) => ({ name: 'toy', kind });

describe('refuseIncompatible', () => {
  it.each([
    [task('custom'), { racing: true }, 'racing is for classification tasks; toy is a custom task'],
    [task('style-transfer'), { ensemble: 3 }, 'ensemble is for classification tasks'],
  ])('refuses by name what a task has no use for: %j %j', (unsuited, config, message) => {
    expect(() => refuseIncompatible(unsuited, config)).toThrow(message);
  });

  it('lets settings pass that suit the task, and those that are off', () => {
    expect(() => refuseIncompatible(task('classification'), { racing: true, ensemble: 3 })).not.toThrow();
    expect(() => refuseIncompatible(task('custom'), { racing: false })).not.toThrow();
  });
});
