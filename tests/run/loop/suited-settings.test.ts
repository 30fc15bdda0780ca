import { describe, expect, it } from 'vitest';
import { refuseUnsuited } from '../../../src/run/loop/suited-settings.js';
import type { Task } from '../../../src/task/types.js';

const task = (kind: Task['kind'], groupBy: Task['groupBy'] = 'batch') => ({ name: 'toy', kind, groupBy });

describe('refuseUnsuited', () => {
  it.each([
    [task('custom'), { racing: true }, 'racing is for classification tasks; toy is a custom task'],
    [task('style-transfer', 'example'), { ensemble: 3 }, 'ensemble is for classification tasks'],
    [task('style-transfer', 'example'), { screening: 4 }, 'screening is for classification and custom tasks'],
    [task('custom', 'example'), { screening: 4 }, 'screening compares prompts that met the same examples'],
  ])('refuses by name what a task has no use for: %j %j', (unsuited, config, message) => {
    expect(() => refuseUnsuited(unsuited, config)).toThrow(message);
  });

  it('lets settings pass that suit the task, and those that are off', () => {
    expect(() => refuseUnsuited(task('classification'), { racing: true, ensemble: 3, screening: 4 })).not.toThrow();
    expect(() => refuseUnsuited(task('custom'), { screening: 4, racing: false })).not.toThrow();
    expect(() => refuseUnsuited(task('custom', 'example'), { screening: 0 })).not.toThrow();
  });
});
