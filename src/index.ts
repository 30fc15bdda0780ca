export type { RunConfigInput } from './config/run-config.js';
export { RlpromptError } from './errors.js';
export { evaluatePrompts } from './evaluate.js';
export type { RunControls, RunEvent, RunResult } from './events.js';
export { logVarianceLoss } from './losses/log-variance.js';
export { policyGradientLoss } from './losses/policy-gradient.js';
export { ppoClipLoss } from './losses/ppo-clip.js';
export { softQLoss } from './losses/soft-q.js';
export { sparseQLoss } from './losses/sparse-q.js';
export { type Molecule, Molecules, tanimoto } from './molecules/molecules.js';
export { type OptimizeOptions, optimize } from './optimize.js';
export { PolicyHead } from './policy/policy-head.js';
export { classificationGap } from './rewards/classification/classification-gap.js';
export { labelProbabilities } from './rewards/classification/label-probabilities.js';
export { shapeReward } from './rewards/shaping/reward-shaper.js';
export { zScore } from './rewards/shaping/z-score.js';
export { defineEnvironment } from './task/define/define-environment.js';
export { defineTask } from './task/define/define-task.js';
export type { EnvironmentDefinition, FirstObservation, StepAnswer } from './task/environment.js';
export type {
  CustomReward,
  ExampleSource,
  RewardAnswer,
  RewardBatch,
  RewardContext,
  TaskDefinition,
} from './task/types.js';
