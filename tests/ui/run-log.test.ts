import { expect, it } from 'vitest';
import type { PromptSummary, RunEvent } from '../../src/events.js';
import { describeEvent } from '../../src/ui/run-log.js';

const prompt: PromptSummary = {
  tokenIds: [1],
  tokens: ['of'],
  text: 'of',
  step: 3,
  reward: 1,
  train: { accuracy: 1 },
  dev: { accuracy: 1 },
  origin: 'policy',
  reading: { demonstrations: [], words: [{ label: 'ham', words: ['mail'] }] },
};
const evaluated = (best: PromptSummary) =>
  describeEvent({ type: 'evaluation-end', seq: 1, step: 3, prompts: [best], forwards: 1, cacheHits: 0 }, 3, 'accuracy');

it('the log says that words were found once more, and by which rows: they are not those of its beginning', () => {
  expect(evaluated({ ...prompt, refit: { accuracy: 1 } })).toEqual({
    step: 3,
    level: 'info',
    text: 'label words chosen again, on train and dev rows together: ham: mail',
  });
  expect(evaluated(prompt)).toBeUndefined();
});

it('the log names the label words that were chosen', () => {
  const words = [{ label: 'ham', words: ['mail', 'list'] }];
  const demonstrations = ['hello', 'hi'].map((text) => ({ text, label: 'ham', word: 'mail' }));
  const reading = { demonstrations, words };
  const event: RunEvent = { type: 'reading-chosen', seq: 1, prompt: 'of', reading };
  expect(describeEvent(event, 0, 'accuracy')?.text).toBe('label words: ham: mail, list; after 2 demonstrations');
});
