import { describe, expect, it } from 'vitest';
import type { RunProgress } from '../../../src/events.js';
import { reportingChoice } from '../../../src/run/loop/reporting-choice.js';
import { chooseReading, type ReadingInputs } from '../../../src/run/select/choose-reading.js';
import { Activity } from '../../../src/run/watch/activity.js';
import { examples, TableEvaluator } from '../select/table-evaluator.js';

describe('a choice of label words that says what it is doing', () => {
  it('names its stages, and the best prompt that somebody wrote; what is chosen is the same', async () => {
    const activity = new Activity(() => 0);
    const said: (RunProgress | undefined)[] = [];
    const scores: Readonly<Record<string, number>> = { 'This is': 0.9, 'It was': 0.75 };
    const chooser: ReadingInputs['chooser'] = {
      findsWords: true,
      learnsInContext: false,
      fits: () => true,
      choose: async (prompts, _rows, behind) => {
        said.push(activity.progress);
        const reading = { words: [{ label: 'no', words: ['bad'] }], demonstrations: behind?.demonstrations ?? [] };
        const byPrompt = prompts.map((prompt) => scores[prompt] ?? 0.5);
        return { source: 'found', count: 1, words: reading.words, accuracy: 0.5, margin: 1, byPrompt, reading };
      },
    };
    const trial = new TableEvaluator(() => {
      said.push(activity.progress);
      return 1;
    });
    const choice: ReadingInputs = {
      config: { demos: 2, seed: 0, labelWords: 'found' },
      task: {
        splits: { train: examples(24, 'train'), dev: examples(6, 'dev'), test: [] },
        labels: [
          { name: 'no', word: 'bad' },
          { name: 'yes', word: 'good' },
        ],
        manualPrompts: [' It was '],
      },
      evaluator: new TableEvaluator(() => 1),
      metric: 'accuracy',
      chooser,
      trial,
    };
    activity.begin('choosing label words', 100);
    const told = await chooseReading(reportingChoice(choice, activity));
    expect([...new Set(said.map((progress) => progress?.doing))]).toEqual([
      'finding label words',
      'trying demonstrations',
      'words after demonstrations',
    ]);
    expect(said[0]?.best).toBeUndefined();
    expect(said.at(-1)?.best).toEqual({ prompt: 'It was', score: 0.75 });
    expect(told).toEqual(await chooseReading(choice));
  });
});
