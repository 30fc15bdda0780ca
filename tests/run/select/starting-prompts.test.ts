import { describe, expect, it } from 'vitest';
import {
  baselinePrompts,
  bestBaseline,
  PLAIN_PROMPTS,
  startingPrompts,
} from '../../../src/run/select/starting-prompts.js';

describe('the prompts that a run starts from', () => {
  const task = { manualPrompts: ['one ', 'Category:'] };

  it('are none, the trimmed hand-written ones and plain ones, each once', () => {
    expect(baselinePrompts(task)).toEqual(['', 'one', 'Category:']);
    const others = PLAIN_PROMPTS.filter((prompt) => prompt !== 'Category:');
    expect(startingPrompts(task)).toEqual(['', 'one', 'Category:', ...others]);
  });

  it('have as the best baseline the first of the most accurate, plain prompts aside', () => {
    const prompts = ['', 'one', 'Category:', 'This is'];
    expect(bestBaseline(task, prompts, [0.5, 0.7, 0.7, 0.9])).toEqual({ prompt: 'one', score: 0.7 });
    expect(bestBaseline(task, prompts, [0.7, 0.7, 0.5, 0.9])).toEqual({ prompt: '', score: 0.7 });
  });
});
