import type { Rng } from '../random/rng.js';
import type { TrainerState } from '../trainers/contract/types.js';
import type { LogProbs } from './actors.js';
import type { Episode, World } from './episodes.js';

/** A way to learn to act: episodes are played in it, and what chooses changes after them. */
export interface ActLearner {
  /** Of the policy as it is now. */
  readonly logProbs: LogProbs;
  /**
   * The episodes of one update.
   * @param update counts from 0
   */
  play(world: World, update: number, rng: Rng): Promise<Episode[]>;
  learn(episodes: readonly Episode[], update: number): LearnerMetrics | Promise<LearnerMetrics>;
  /** Between two updates; restored in a fresh learner, it continues as if it had not been stopped. */
  save(): TrainerState;
  restore(state: TrainerState, world: World): Promise<void>;
}

export interface LearnerMetrics {
  /** Mean entropy of the policy over the choices met, in nats. */
  readonly entropy: number;
  /** Mean squared error of the critic, where there is one. */
  readonly criticLoss?: number;
  /** Situations in the memory, where there is one. */
  readonly remembered?: number;
}

/** One point of the curve: the episodes that an update learned from. */
export interface CurvePoint extends LearnerMetrics {
  readonly update: number;
  readonly meanReturn: number;
  /** Episodes that were cut; undefined where none was. */
  readonly cut?: number;
}
