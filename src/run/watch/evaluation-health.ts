import type { RunConfig } from '../../config/run-config.js';
import type { Candidate } from '../select/candidates.js';
import type { HealthWarning } from './health.js';

export interface EvaluationHealthState {
  /** Train and dev have parted, and it was said. */
  readonly isApart: boolean;
}

export interface ObservedEvaluation {
  /** Evaluations since the last better dev score. */
  readonly evaluationsSinceBest: number;
  readonly bestScore: number;
  /** The highest dev score of any prompt, also of those that rank lower. */
  readonly highest: number;
  readonly metric: string;
  /** The best prompts by train. */
  readonly fitted: readonly Pick<Candidate, 'train' | 'dev'>[];
  /** Examples of each split. */
  readonly sizes: { readonly train: number; readonly dev: number };
}

const PLATEAU = 5;
const SMALLEST_GAP = 0.1;

/** Watches what evaluations say of the whole run: that it finds nothing better any more, or fits the train examples only. */
export class EvaluationHealth {
  private state: EvaluationHealthState = { isApart: false };

  constructor(private readonly settings: Pick<RunConfig, 'patience' | 'evaluationEvery' | 'calibrate'>) {}

  /** Warnings the moment something begins, never twice in one stretch. */
  observe(evaluation: ObservedEvaluation): HealthWarning[] {
    const gap = splitGap(evaluation);
    const begins = gap !== undefined && !this.state.isApart;
    this.state = { isApart: gap !== undefined };
    const plateau = evaluation.evaluationsSinceBest === PLATEAU ? [this.plateau(evaluation)] : [];
    return begins ? [...plateau, apart(gap, evaluation)] : plateau;
  }

  save(): EvaluationHealthState {
    return this.state;
  }

  restore(state: EvaluationHealthState): void {
    this.state = state;
  }

  private plateau({ bestScore, highest, metric }: ObservedEvaluation): HealthWarning {
    const { patience, evaluationEvery, calibrate } = this.settings;
    const calibration = calibrate === 'inputs' ? '' : ', --calibrate inputs';
    const stop = patience === undefined ? `--patience ${PLATEAU} ends such a run; ` : '';
    const other =
      highest > bestScore
        ? `; a prompt with ${highest.toFixed(3)} ranks lower because the margin and a standard error count too`
        : '';
    return {
      code: 'plateau',
      message: `the best prompt's dev ${metric} has not risen above ${bestScore.toFixed(3)} for ${PLATEAU} evaluations, ${PLATEAU * evaluationEvery} steps${other}`,
      hint:
        bestScore >= 1
          ? `${stop}every dev example is right: only more of them (--shots) can tell better prompts apart`
          : `${stop}more steps seldom help; another --seed, more examples (--shots)${calibration} or another --trainer may help`,
    };
  }
}

interface Gap {
  readonly train: number;
  readonly dev: number;
}

/**
 * The mean accuracy of the best prompts by train on either split, where it is lower on dev by more than chance: two standard
 * errors of a difference of proportions, √(p (1 − p) (1/n + 1/m)). The prompts are alike, so their number counts for nothing.
 */
export function splitGap({
  metric,
  fitted,
  sizes,
}: Pick<ObservedEvaluation, 'metric' | 'fitted' | 'sizes'>): Gap | undefined {
  const known = fitted.flatMap(({ train, dev }) => (dev === undefined ? [] : [{ train, dev }]));
  if (metric !== 'accuracy' || known.length === 0) return undefined;
  const meanOf = (score: (prompt: (typeof known)[number]) => number): number =>
    known.reduce((sum, prompt) => sum + score(prompt) / known.length, 0);
  const train = meanOf((prompt) => prompt.train.accuracy ?? 0);
  const dev = meanOf((prompt) => prompt.dev.accuracy ?? 0);
  const pooled = (sizes.train * train + sizes.dev * dev) / (sizes.train + sizes.dev);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / sizes.train + 1 / sizes.dev));
  return train - dev > Math.max(SMALLEST_GAP, 2 * error) ? { train, dev } : undefined;
}

function apart({ train, dev }: Gap, { sizes }: ObservedEvaluation): HealthWarning {
  return {
    code: 'train-dev-gap',
    message: `the best prompts on train have accuracy ${train.toFixed(3)} there and ${dev.toFixed(3)} on dev: the search overfits its ${sizes.train} train examples`,
    hint: 'dev chooses the prompt in any case; try more train examples (--shots, with --examples-per-step or --racing), fewer steps (--patience) or --ensemble 5',
  };
}
