import type { LossName, TrainerName } from '../../trainers/trainer-table.js';

/** The settings that a preset decides; everything else has one default. */
export interface Preset {
  readonly trainer: TrainerName;
  readonly loss: LossName;
  /** None: what suits the width of the generator LM (`src/trainers/policy/learning-rate.ts`). */
  readonly learningRate?: number;
  readonly topK: number;
  readonly rewardFrom: [number, number];
  readonly rewardTo: [number, number];
  readonly replayUpdates?: number;
  readonly resampling?: number;
  readonly priorBeta: number;
  /** Style transfer: outputs of which the best counts, and how often that is done. */
  readonly samples: number;
  readonly bootstraps: number;
  readonly steps: number;
  /** Classification: how answers are read, where that is not left to the task. */
  readonly labelWords?: 'given';
  readonly calibrate?: 'none';
  readonly demos?: 0;
  readonly evaluationEvery: number;
  readonly checkpointEvery: number;
}

const OURS: Preset = {
  trainer: 'log-variance',
  loss: 'log-variance',
  topK: 256,
  rewardFrom: [0, 1],
  rewardTo: [0, 10],
  priorBeta: 1,
  samples: 8,
  bootstraps: 1,
  steps: 100,
  evaluationEvery: 10,
  checkpointEvery: 10,
};

/** Answers are read by the given words, and label scores as they are. */
const RAW_READING = { labelWords: 'given', calibrate: 'none', demos: 0 } as const;

/**
 * Named sets of hyperparameters: `paper` as published (RLPrompt, Deng et al. 2022, few-shot classification), `default`
 * ours, whose prompts read like language, and `raw` the same with no say of the generator LM in what prompts are like.
 * `quick` is ours with fewer steps, `thorough` with more.
 */
export const PRESETS = {
  default: OURS,
  quick: { ...OURS, steps: 30, evaluationEvery: 5 },
  thorough: { ...OURS, steps: 300 },
  raw: { ...OURS, priorBeta: 0, ...RAW_READING },
  paper: {
    trainer: 'soft-q-learning',
    loss: 'both',
    learningRate: 5e-5,
    topK: 256,
    rewardFrom: [0, 1],
    rewardTo: [0, 5],
    replayUpdates: 0,
    resampling: 0,
    priorBeta: 0,
    ...RAW_READING,
    samples: 32,
    bootstraps: 4,
    steps: 12_000,
    evaluationEvery: 10,
    checkpointEvery: 100,
  },
} satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];
