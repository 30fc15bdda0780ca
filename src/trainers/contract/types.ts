/** A proposed prompt. */
export interface Rollout {
  /** The prompt's identity. */
  readonly tokenIds: readonly number[];
  /** The text the target LM sees: the decoded tokens, trimmed. */
  readonly text: string;
  /** Private to the trainer that proposed it. */
  readonly trace: unknown;
  /** The input it was proposed for, where the policy reads one. */
  readonly input?: string | undefined;
}

export interface ProposeOptions {
  /** The input of each prompt, [count], for a policy that reads them; never a label. */
  readonly inputs?: readonly string[] | undefined;
}

/** A policy that proposes a prompt for each input, as a run keeps it and continues to use it. */
export interface ConditionedPolicy {
  /** The likeliest prompt for each input, by the parameters as they are or by those given. */
  promptsFor(inputs: readonly string[], parameters?: TrainerState['arrays']): Promise<Rollout[]>;
  /** A copy of what was learned. */
  parameters(): TrainerState['arrays'];
  /** Whether the generator LM reads the whole of an input. */
  readsWhole(input: string): boolean;
}

/** The reward of one rollout: from the task, z-scored over its group, and shaped for the loss. */
export interface RolloutReward {
  readonly raw: number;
  readonly zScored: number;
  readonly shaped: number;
  /** What `raw` was made of, where its parts can weigh differently later. */
  readonly parts?: RewardParts;
  /** Which example it was scored on, where a prompt meets one only: rewards of different ones are not to be compared. */
  readonly group?: number;
}

/** Named objectives of a reward. */
export type RewardParts = Readonly<Record<string, number>>;

/** Numbers of one update; names are listed in docs/reference/metrics.md. */
export interface UpdateMetrics {
  readonly loss: number;
  readonly gradNorm: number;
  /** Mean entropy of the policy over the step's positions, in nats. */
  readonly entropy: number;
  /** The step was left out because a number was not finite; the parameters are unchanged. */
  readonly skipped?: boolean;
  readonly [name: string]: number | boolean | undefined;
}

/** Everything a trainer needs to continue exactly as if it had not been stopped. */
export interface TrainerState {
  readonly json: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** What may change from one step to the next. */
export interface UpdateOptions {
  /** The range that rewards are shaped to now; `rewardTo` of the settings where it is left out. */
  readonly rewardTo?: readonly [min: number, max: number];
}

/**
 * Ask and tell: `propose` prompts, have them scored by whoever owns the task, `update` with the rewards.
 * The loop never asks which trainer it holds.
 */
export interface Trainer {
  readonly name: string;
  /** Where the policy reads inputs and was set to do so; undefined elsewhere. */
  readonly conditioned?: ConditionedPolicy | undefined;
  propose(count: number, options?: ProposeOptions): Promise<Rollout[]>;
  /** Rollouts of one `propose` call, with their rewards in the same order. */
  update(
    rollouts: readonly Rollout[],
    rewards: readonly RolloutReward[],
    options?: UpdateOptions,
  ): Promise<UpdateMetrics>;
  /** Forgets what the policy learned, not what was scored, and learns from that; trainers without replay go without. */
  restart?(options?: UpdateOptions): Promise<void>;
  /** The prompt the trainer itself believes best now (greedy decoding, best seen …). */
  best(): Promise<Rollout>;
  /** Takes in a prompt from elsewhere (typed by the user, a warm start) with its raw reward; false where it has no use for it. */
  learnFrom(tokenIds: readonly number[], rawReward: number, parts?: RewardParts): Promise<boolean>;
  /**
   * The objectives of the reward weigh differently from now on: rewards that were kept are worked out again from their parts.
   * A trainer that keeps none goes without.
   */
  reweigh?(rewardOf: (parts: RewardParts) => number): void;
  save(): TrainerState;
  restore(state: TrainerState): void;
  /** Frees what the runtime holds. */
  dispose(): Promise<void>;
}
