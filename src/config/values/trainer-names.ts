/** Trainers that `--trainer` takes, each with the losses it can minimise; the first loss is its default. */
export const TRAINER_LOSSES = {
  'soft-q-learning': ['both', 'single-step', 'multi-step'],
  'log-variance': ['log-variance'],
  'sparse-q-learning': ['sparse'],
  reinforce: ['policy-gradient'],
  ppo: ['ppo-clip'],
  mcts: ['none'],
  evolution: ['none'],
  'hill-climb': ['none'],
  'edit-search': ['none'],
  'best-of-n': ['none'],
  random: ['none'],
} as const satisfies Record<string, readonly LossName[]>;

export const LOSS_NAMES = [
  'single-step',
  'multi-step',
  'both',
  'log-variance',
  'sparse',
  'policy-gradient',
  'ppo-clip',
  'none',
] as const;

/** A loss by its equation; `both` is the mean of single-step and multi-step, the paper's; searches have `none`. */
export type LossName = (typeof LOSS_NAMES)[number];

export type TrainerName = keyof typeof TRAINER_LOSSES;

export const TRAINER_NAMES = Object.keys(TRAINER_LOSSES) as [TrainerName, ...TrainerName[]];

/** Trainers whose losses hold for prompts from anywhere, so that replay and redrawing are theirs. */
export const OFF_POLICY_TRAINERS: readonly TrainerName[] = ['log-variance', 'sparse-q-learning'];

/** Trainers whose policy can read the input that it proposes a prompt for. */
export const CONDITIONED_TRAINERS: readonly TrainerName[] = [
  'log-variance',
  'soft-q-learning',
  'sparse-q-learning',
  'reinforce',
  'ppo',
];

export interface TrainerDefaults {
  readonly learningRate?: number;
  readonly rewardTo?: readonly [number, number];
  readonly redraws?: number;
}

/** Settings that a trainer wants otherwise than the preset `default`, which is made for log-variance. */
export const TRAINER_DEFAULTS: Partial<Record<TrainerName, TrainerDefaults>> = {
  // At 1e-3 Q explodes. Sparsemax gives nothing to a token whose Q is 1 below the best: rewards five wide would leave
  // one prompt at once.
  'sparse-q-learning': { learningRate: 1e-4, rewardTo: [0, 1], redraws: 0 },
  'soft-q-learning': { learningRate: 1e-3, rewardTo: [0, 5] },
  reinforce: { learningRate: 1e-3, rewardTo: [0, 5] },
  // At 1e-3 one epoch takes the policy 10 nats away.
  ppo: { learningRate: 1e-4, rewardTo: [0, 5] },
};

/** The trainer that minimises `loss`, for a configuration that names only the loss; several have none. */
export function trainerOfLoss(loss: string): TrainerName | undefined {
  if (loss === 'none') return undefined;
  return TRAINER_NAMES.find((name) => (TRAINER_LOSSES[name] as readonly string[]).includes(loss));
}
