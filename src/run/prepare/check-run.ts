import { type SettledConfig, settleConfig } from '../../config/defaults-for.js';
import { completeRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfigInput } from '../../config/run-config.js';
import { checkObjectives } from '../../rewards/objectives/create-objectives.js';
import { checkStyleModels } from '../../rewards/style/style-models.js';
import type { Task } from '../../task/types.js';
import { checkExamplesPerStep } from '../loop/step-examples.js';
import { checkEndpoints } from './checks/check-endpoints.js';
import { checkQueue } from './checks/check-queue.js';
import { checkReading } from './checks/check-reading.js';
import { refuseIncompatible } from './checks/task-compatibility.js';
import { checkTemplateSource, loadConfiguredTask } from './configured-task.js';

/** The task and the settings of a run, checked as far as that is possible without a language model. */
export async function checkRun(input: RunConfigInput): Promise<{ task: Task; config: SettledConfig }> {
  const given = completeRunConfig(input);
  const task = await loadConfiguredTask(given);
  const config = settleConfig(given, task);
  checkTemplateSource(task);
  checkStyleModels(task, config);
  refuseIncompatible(task, config);
  checkExamplesPerStep(task, config);
  checkObjectives(task, config);
  checkEndpoints(task, config);
  checkReading(task, config);
  checkQueue(task, config);
  return { task, config };
}
