import type { Reading } from '../../classifier/classifier.js';
import type { Baseline, PromptSummary } from '../../events.js';
import type { WeightedObjectivesState } from '../../rewards/objectives/weighted-objectives.js';
import type { MinibatchCandidates } from '../select/minibatch-candidates.js';
import type { BudgetState } from '../watch/budget.js';
import type { EvaluationHealthState } from '../watch/evaluation-health.js';
import type { HealthState } from '../watch/health.js';
import type { ScheduleState } from '../watch/reward-schedule.js';

/** What a checkpoint keeps beside the trainer's arrays. No times: equal runs have equal checkpoints. */
export interface SavedRun {
  readonly trainer: Readonly<Record<string, unknown>>;
  readonly candidates: PromptSummary[];
  readonly budget: BudgetState;
  readonly health: HealthState;
  /** These two are not in checkpoints of versions that had none. */
  readonly evaluationHealth?: EvaluationHealthState;
  readonly schedule?: ScheduleState;
  /** Minibatch candidates, where steps have some of the examples only. */
  readonly tryouts?: ReturnType<MinibatchCandidates['save']>;
  readonly counters: { readonly forwards: number; readonly cacheHits: number };
  readonly scorePosition: number;
  readonly baselines: readonly Baseline[];
  readonly bestText: string | null;
  /** How answers are read, where that was chosen. */
  readonly reading?: Reading;
  readonly policies?: PromptSummary[];
  readonly objectives?: WeightedObjectivesState;
}
