import type { Evaluation } from '../../../task/types.js';

/** A prompt with what the task's own reward said of it. */
export interface ObjectiveItem {
  readonly text: string;
  /** Has `outcomes`, what the target LM wrote, where the objective asks for them. */
  readonly evaluation: Evaluation;
}

/** A durable memory in the run's folder, for what an objective has paid for. */
export interface ObjectiveLog {
  /** What earlier parts of the run have written. */
  readonly records: readonly { readonly key: string; readonly values: ArrayLike<number> }[];
  append(records: readonly { readonly key: string; readonly values: Float64Array }[]): void;
}

/** One objective beside the task's own reward: a number per prompt, larger is better. */
export interface Objective {
  readonly name: string;
  /** The smallest and largest value it can take. */
  readonly range: readonly [min: number, max: number];
  readonly readsOutputs: boolean;
  /** sha256 of what its numbers depend on beside the run's own models, such as a judge's model and rubric. */
  readonly digest?: string;
  score(items: readonly ObjectiveItem[], options?: { signal?: AbortSignal }): Promise<number[]>;
  /** Receives its log before the first `score`, where it has something to keep. */
  attach?(log: ObjectiveLog): void;
  /** Numbers for the log beside the objective's own: counts since the run's start, and facts of the last call. */
  metrics?(): Readonly<Record<string, number>>;
  /** Fit for JSON: what a resumed run must know to give the same numbers. */
  save?(): unknown;
  restore?(saved: unknown): void;
}
