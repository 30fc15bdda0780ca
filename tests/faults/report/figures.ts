import type { TestContext } from 'vitest';

/** What the tests of faults count, for the lines that `npm run test:faults` prints. */
export interface Figures {
  kills?: number;
  faults?: number;
  cuts?: number;
  badInputs?: number;
  rewardsLost?: number;
  stops?: number;
  protections?: number;
  cases?: number;
  texts?: number;
  escapes?: number;
  placesSearched?: number;
  secrets?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    figures?: Figures;
  }
}

/** Tells the report what a test has counted. */
export function tell({ task }: Pick<TestContext, 'task'>, figures: Figures): void {
  task.meta.figures = { ...task.meta.figures, ...figures };
}
