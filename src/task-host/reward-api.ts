// What `rlprompt` means to a task file in the process of its reward: all that needs no language model.
export { RlpromptError } from '../errors.js';
export { Molecules, tanimoto } from '../molecules/molecules.js';
export { classificationGap } from '../rewards/classification/classification-gap.js';
export { labelProbabilities } from '../rewards/classification/label-probabilities.js';
export { shapeReward } from '../rewards/shaping/reward-shaper.js';
export { zScore } from '../rewards/shaping/z-score.js';
export { defineEnvironment } from '../task/define/define-environment.js';
export { defineTask } from '../task/define/define-task.js';
