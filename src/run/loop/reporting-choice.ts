import { zip } from '../../statistics/zip.js';
import type { ReadRun } from '../select/choose-reading.js';
import type { Activity } from '../watch/activity.js';

/** The same choice of how answers are read, which says what it is doing. */
export function reportingChoice(choice: ReadRun, activity: Activity): ReadRun {
  const { reader, trial, task } = choice;
  const proposed = new Set(['', ...task.manualPrompts.map((prompt) => prompt.trim())]);
  return {
    ...choice,
    reader: {
      findsWords: reader.findsWords,
      learnsInContext: reader.learnsInContext,
      fits: (prompt, behind) => reader.fits(prompt, behind),
      choose: async (prompts, examples, behind) => {
        const isBehindRows = behind !== undefined && behind.demonstrations.length > 0;
        activity.tell(isBehindRows ? 'words after demonstrations' : 'finding label words');
        const chosen = await reader.choose(prompts, examples, behind);
        if (behind === undefined) {
          const scored = Array.from(zip(prompts, chosen.byPrompt), ([prompt, score]) => ({ prompt, score }));
          const ours = scored.filter(({ prompt }) => proposed.has(prompt));
          activity.noteBest(ours.reduce((best, one) => (one.score > best.score ? one : best)));
        }
        return chosen;
      },
    },
    trial: {
      metric: trial.metric,
      counters: () => trial.counters(),
      evaluate: (items, options) => {
        activity.tell('trying demonstrations');
        return trial.evaluate(items, options);
      },
    },
  };
}
