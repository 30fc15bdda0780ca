/** What an agent sees, and the phrases among which it may choose. */
export interface Observation {
  readonly observation: string;
  /** Empty only where the episode has ended. */
  readonly actions: readonly string[];
  /** Steps since `reset`. An environment that asks another program gives it, so that a late answer is noticed. */
  readonly turn?: number | undefined;
}

export interface FirstObservation extends Observation {
  /** The largest return an episode of this task can have, where the environment knows it. */
  readonly bestReturn?: number | undefined;
}

export interface StepAnswer extends Observation {
  readonly reward: number;
  readonly done: boolean;
}

/**
 * A world of texts to act in. One episode at a time: `reset` begins it, and `step` carries it on until `done`. It runs in a
 * process of its own. The same actions must lead to the same answers.
 */
export interface EnvironmentDefinition {
  readonly kind: 'environment';
  readonly name: string;
  /** What is to be done, in words; those of `test` are held out from training. */
  readonly tasks: { readonly train: readonly string[]; readonly test: readonly string[] };
  /** Steps within which `step` ends each episode; that it does not is a fault. Without it, episodes are cut after 100 steps. */
  readonly mostSteps?: number;
  reset(task: string): FirstObservation | Promise<FirstObservation>;
  step(action: string): StepAnswer | Promise<StepAnswer>;
}

/** What the program knows of an environment before its first episode. */
export type EnvironmentFacts = Pick<EnvironmentDefinition, 'name' | 'tasks' | 'mostSteps'>;
