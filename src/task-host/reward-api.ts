// What `rlprompt` means to a task file in the process of its reward: all that needs no language model.
export { RlpromptError } from '../errors.js';
export { classificationGap } from '../rewards/classification-gap.js';
export { labelProbabilities } from '../rewards/label-probabilities.js';
export { shapeReward } from '../rewards/shape-reward.js';
export { zScore } from '../rewards/z-score.js';
export { defineTask } from '../task/define-task.js';
