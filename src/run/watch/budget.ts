import type { StopReason } from '../../events.js';
import type { RemoteUsage } from '../../lm/model/remote-usage.js';
import { spendingReached } from './spending-reached.js';

export interface BudgetLimits {
  readonly steps: number;
  /** Rows through the target LM. */
  readonly forwards?: number | undefined;
  readonly minutes?: number | undefined;
  /** Rows that another step and the end may take; services must have tokens and money left for them. */
  readonly rowsAhead?: number | undefined;
  /** Evaluations without a better dev score. */
  readonly patience?: number | undefined;
  /** Dev score that is good enough. */
  readonly targetScore?: number | undefined;
}

/** What a run has used so far. */
export interface UsedBudget {
  readonly step: number;
  readonly forwards: number;
  /** By services and workers, since the program started. */
  readonly remote: readonly RemoteUsage[];
}

/** What a checkpoint keeps of a budget. No time: equal runs have equal checkpoints. */
export interface BudgetState {
  readonly bestScore: number | null;
  readonly evaluationsSinceBest: number;
}

/** Says when a run has used up what it was given. */
export class Budget {
  private state: BudgetState = { bestScore: null, evaluationsSinceBest: 0 };
  private readonly startedAt: number;

  /**
   * @param clock monotonic, in milliseconds
   * @param elapsedBefore seconds that the run took before this process
   */
  constructor(
    private readonly limits: BudgetLimits,
    private readonly clock: () => number,
    private readonly elapsedBefore = 0,
  ) {
    this.startedAt = clock();
  }

  /** Over all resumes. */
  get elapsedSeconds(): number {
    return this.elapsedBefore + (this.clock() - this.startedAt) / 1000;
  }

  get bestScore(): number | null {
    return this.state.bestScore;
  }

  get evaluationsSinceBest(): number {
    return this.state.evaluationsSinceBest;
  }

  /** The best dev score of an evaluation, higher is better. */
  noteEvaluation(score: number): void {
    const { bestScore, evaluationsSinceBest } = this.state;
    const isBetter = bestScore === null || score > bestScore;
    this.state = isBetter
      ? { bestScore: score, evaluationsSinceBest: 0 }
      : { bestScore, evaluationsSinceBest: evaluationsSinceBest + 1 };
  }

  /** The limit that is reached; where several are, the one a user would rather hear of comes first. */
  reached(used: UsedBudget): StopReason | undefined {
    const { steps, forwards, minutes, patience, targetScore, rowsAhead = 0 } = this.limits;
    const { bestScore, evaluationsSinceBest } = this.state;
    if (targetScore !== undefined && bestScore !== null && bestScore >= targetScore) return 'target-score';
    if (used.step >= steps) return 'steps';
    if (forwards !== undefined && used.forwards >= forwards) return 'forwards';
    const spent = used.remote.map((usage) => spendingReached(usage, rowsAhead)).find((reason) => reason);
    if (spent) return spent;
    if (patience !== undefined && evaluationsSinceBest >= patience) return 'patience';
    if (minutes !== undefined && this.elapsedSeconds >= minutes * 60) return 'minutes';
    return undefined;
  }

  save(): BudgetState {
    return this.state;
  }

  restore(state: BudgetState): void {
    this.state = state;
  }
}
