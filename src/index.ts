export { RlpromptError } from './errors.js';
export { defineTask } from './task/define-task.js';
export type { CustomReward, ExampleSource, RewardAnswer, RewardBatch, RewardContext, TaskDefinition } from './task/types.js';
