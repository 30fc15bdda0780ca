import type { RunConfig } from '../../config/run-config.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { loadTask } from '../../task/load/load-task.js';
import { taskTemplate } from '../../task/task-template.js';
import type { Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';

/** The task a configuration names, with its data read and checked. */
export async function loadConfiguredTask(config: RunConfig, options: { testOnly?: boolean } = {}): Promise<Task> {
  const { normalise } = config;
  const task = await loadTask(config.task, { ...config, ...options });
  return normalise === undefined ? task : { ...task, normalise };
}

/** Which family a template is for is only certain with the model; that its slots are there can be said before. */
export function checkTemplateSource(task: Task): void {
  if (task.template === undefined) return;
  taskTemplate(task, task.template.includes('{mask}') ? 'masked' : 'causal');
}

export function templateFor(task: Task, targetLm: LanguageModel): Template {
  return taskTemplate(task, targetLm.family === 'masked' ? 'masked' : 'causal');
}
