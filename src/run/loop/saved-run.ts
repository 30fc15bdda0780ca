import type { Reading } from '../../classifier/classifier.js';
import type { PromptSummary } from '../../events.js';
import type { WeightedObjectivesState } from '../../rewards/objectives/weighted-objectives.js';
import type { ScheduleState } from '../../rewards/shaping/reward-schedule.js';
import type { PoolState } from '../select/prompt-pool.js';
import type { WatchState } from '../watch/watch.js';

/** What a checkpoint keeps beside the trainer's arrays. No times: equal runs have equal checkpoints. */
export interface SavedRun extends PoolState, WatchState {
  readonly trainer: Readonly<Record<string, unknown>>;
  /** Not in checkpoints of versions that had none. */
  readonly schedule?: ScheduleState;
  readonly counters: { readonly forwards: number; readonly cacheHits: number };
  readonly scorePosition: number;
  /** Of the custom task that the scores are of; checkpoints of earlier versions do not say it. */
  readonly taskDigest?: string;
  /** How answers are read, where that was chosen. */
  readonly reading?: Reading;
  readonly policies?: PromptSummary[];
  readonly objectives?: WeightedObjectivesState;
}
