import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { loadTask } from '../../task/load/load-task.js';
import { taskTemplate } from '../../task/task-template.js';
import type { Task } from '../../task/types.js';
import { withLabelSpace } from '../../template/parse-template.js';
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

/** The template that a target LM is asked with. */
export function templateFor(
  task: Task,
  targetLm: Pick<LanguageModel, 'name' | 'family'>,
  { labelSpace }: Pick<RunConfig, 'labelSpace'>,
): Template {
  const template = taskTemplate(task, targetLm.family === 'masked' ? 'masked' : 'causal');
  if (labelSpace === 'auto') return template;
  if (!template.hasMask) return withLabelSpace(template, labelSpace === 'yes');
  throw new RlpromptError({
    code: 'E_LABEL_SPACE',
    exit: 'config',
    message: `the label words of ${targetLm.name} fill {mask}: what stands before it in the template stands before them`,
    where: '--label-space',
    kept: 'nothing was scored',
    next: 'write the space into --template, and leave --label-space out',
  });
}
