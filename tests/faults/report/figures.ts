import type { TestContext } from 'vitest';

/** What the tests of faults count, for the lines that `npm run test:faults` prints. */
export interface Figures {
  kills?: number;
  faults?: number;
  cuts?: number;
  badInputs?: number;
  rewardsLost?: number;
  schedules?: number;
  signals?: number;
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

/** Adds what a test has counted to its figures in the report. */
export function tell({ task }: Pick<TestContext, 'task'>, figures: Figures): void {
  const sum: Record<string, number> = { ...task.meta.figures };
  for (const [name, value] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + value;
  task.meta.figures = sum;
}
