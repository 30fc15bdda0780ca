import { describe, expect, it } from 'vitest';
import { refuseUnsuited } from '../../../src/run/loop/suited-settings.js';
import type { Task } from '../../../src/task/types.js';

const task = (kind: Task['kind']) => ({ name: 'toy', kind });

describe('refuseUnsuited', () => {
  it.each([
    [task('custom'), { racing: true }, 'racing is for classification tasks; toy is a custom task'],
    [task('style-transfer'), { ensemble: 3 }, 'ensemble is for classification tasks'],
  ])('refuses by name what a task has no use for: %j %j', (unsuited, config, message) => {
    expect(() => refuseUnsuited(unsuited, config)).toThrow(message);
  });

  it('lets settings pass that suit the task, and those that are off', () => {
    expect(() => refuseUnsuited(task('classification'), { racing: true, ensemble: 3 })).not.toThrow();
    expect(() => refuseUnsuited(task('custom'), { racing: false })).not.toThrow();
  });
});
