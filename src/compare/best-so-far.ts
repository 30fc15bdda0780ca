import type { RunReport } from '../report/run-report.js';

/** The best that a run had found when so many rows had gone through the target LM; null before there was any. */
export interface ComparedPoint {
  readonly forwards: number;
  /** Highest score on dev, in the task's metric, of a prompt ranked first at an evaluation. */
  readonly devScore: number | null;
  /** Highest raw reward on dev of such a prompt. */
  readonly devReward: number | null;
  /** Highest raw reward on train of any prompt proposed. */
  readonly trainReward: number | null;
}

const CHECKPOINTS = 10;

/** Tenths of the forwards that each run may use. */
export function curveCheckpoints(forwards: number): number[] {
  return Array.from({ length: CHECKPOINTS }, (_, i) => Math.round((forwards * (i + 1)) / CHECKPOINTS));
}

type Course = Pick<RunReport, 'evaluations' | 'steps'>;

/** What a run had found at each of `checkpoints`: nothing counts that came after more forwards. */
export function bestSoFar(
  { evaluations, steps }: Course,
  metric: string,
  checkpoints: readonly number[],
): ComparedPoint[] {
  return checkpoints.map((forwards) => {
    const evaluated = evaluations.filter((evaluation) => evaluation.forwards <= forwards);
    const taken = steps.filter((step) => step.forwards <= forwards);
    return {
      forwards,
      devScore: highest(evaluated.map(({ best }) => best.dev?.[metric])),
      devReward: highest(evaluated.map(({ best }) => best.devReward)),
      trainReward: highest(taken.map(({ rewardMax }) => rewardMax)),
    };
  });
}

function highest(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b));
}
