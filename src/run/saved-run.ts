import type { Baseline, PromptSummary } from '../events.js';
import type { ObjectivesState } from '../rewards/terms/objectives.js';
import type { BudgetState } from './budget.js';
import type { EvaluationHealthState } from './evaluation-health.js';
import type { HealthState } from './health.js';
import type { ScheduleState } from './reward-schedule.js';
import type { Tryouts } from './tryouts.js';

/** What a checkpoint keeps beside the trainer's arrays. No times: equal runs have equal checkpoints. */
export interface SavedRun {
  readonly trainer: Readonly<Record<string, unknown>>;
  readonly candidates: PromptSummary[];
  readonly budget: BudgetState;
  readonly health: HealthState;
  /** These two are not in checkpoints of versions that had none. */
  readonly evaluationHealth?: EvaluationHealthState;
  readonly schedule?: ScheduleState;
  /** Where steps have some of the examples only. */
  readonly tryouts?: ReturnType<Tryouts['save']>;
  readonly counters: { readonly forwards: number; readonly cacheHits: number };
  readonly scorePosition: number;
  readonly baselines: readonly Baseline[];
  readonly bestText: string | null;
  readonly policies?: PromptSummary[];
  readonly objectives?: ObjectivesState;
}
