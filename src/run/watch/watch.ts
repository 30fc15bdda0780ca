import type { RunConfig } from '../../config/run-config.js';
import type { PromptSummary, StopReason } from '../../events.js';
import { Budget, type BudgetLimits, type BudgetState, type UsedBudget } from './budget.js';
import { BudgetAlerts } from './budget-alerts.js';
import { EvaluationHealth, type EvaluationHealthState, type ObservedEvaluation } from './evaluation-health.js';
import { Health, type HealthState, type HealthWarning } from './health.js';
import { RepeatedRequests } from './repeated-requests.js';

export interface WatchSettings extends BudgetLimits {
  readonly loss: string;
  readonly evaluationEvery: number;
  readonly calibrate: RunConfig['calibrate'];
}

/** What a checkpoint keeps. */
export interface WatchState {
  readonly budget: BudgetState;
  readonly health: HealthState;
  /** Not in checkpoints of versions that had none. */
  readonly evaluationHealth?: EvaluationHealthState;
}

/** Watches a run: whether its steps and evaluations go anywhere, and whether it has used up what it was given. */
export class Watch {
  readonly health: Health;
  readonly alerts: BudgetAlerts;
  readonly repeatedRequests = new RepeatedRequests();
  private readonly budget: Budget;
  private readonly evaluationHealth: EvaluationHealth;

  /**
   * @param facts.elapsedBefore seconds that the run took before this process
   * @param facts.rowsAhead rows that another step and the end may take
   */
  constructor(
    settings: WatchSettings,
    private readonly facts: Pick<ObservedEvaluation, 'metric' | 'sizes'> & {
      readonly elapsedBefore: number;
      readonly rowsAhead: number;
    },
  ) {
    this.alerts = new BudgetAlerts(settings);
    this.health = new Health({ hasPolicy: settings.loss !== 'none' });
    this.budget = new Budget({ ...settings, rowsAhead: facts.rowsAhead }, () => performance.now(), facts.elapsedBefore);
    this.evaluationHealth = new EvaluationHealth(settings);
  }

  /** Over all resumes. */
  get elapsedSeconds(): number {
    return this.budget.elapsedSeconds;
  }

  limitReached(used: UsedBudget): StopReason | undefined {
    return this.budget.reached(used);
  }

  /** @param scores dev scores of the best prompt of an evaluation, or best policy */
  noteEvaluation(scores: Readonly<Record<string, number>> | undefined): void {
    this.budget.noteEvaluation(scores?.[this.facts.metric] ?? 0);
  }

  /**
   * What the numbers of an evaluation say of the run as a whole.
   * @param scored prompts with dev numbers
   */
  evaluationWarnings(
    fitted: ObservedEvaluation['fitted'],
    scored: readonly Pick<PromptSummary, 'dev'>[],
  ): HealthWarning[] {
    const { bestScore, evaluationsSinceBest } = this.budget;
    const { metric, sizes } = this.facts;
    const best = bestScore ?? 0;
    const highest = Math.max(best, ...scored.map(({ dev }) => dev?.[metric] ?? best));
    return this.evaluationHealth.observe({ evaluationsSinceBest, bestScore: best, highest, metric, fitted, sizes });
  }

  save(): WatchState {
    const { budget, health, evaluationHealth } = this;
    return { budget: budget.save(), health: health.save(), evaluationHealth: evaluationHealth.save() };
  }

  restore({ budget, health, evaluationHealth }: WatchState): void {
    this.budget.restore(budget);
    this.health.restore(health);
    if (evaluationHealth) this.evaluationHealth.restore(evaluationHealth);
  }
}
