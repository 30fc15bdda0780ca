import type { ReadingInputs } from '../select/choose-reading.js';
import { bestBaseline } from '../select/starting-prompts.js';
import type { Activity } from '../watch/activity.js';

/** The same choice of how answers are read, which says what it is doing. */
export function reportingChoice(choice: ReadingInputs, activity: Activity): ReadingInputs {
  const { chooser, trial, task } = choice;
  return {
    ...choice,
    chooser: {
      findsWords: chooser.findsWords,
      learnsInContext: chooser.learnsInContext,
      fits: (prompt, behind) => chooser.fits(prompt, behind),
      choose: async (prompts, examples, behind) => {
        const isBehindRows = behind !== undefined && behind.demonstrations.length > 0;
        activity.tell(isBehindRows ? 'words after demonstrations' : 'finding label words');
        const chosen = await chooser.choose(prompts, examples, behind);
        if (behind === undefined) {
          activity.noteBest(bestBaseline(task, prompts, chosen.byPrompt));
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
