import { RlpromptError } from '../errors.js';
import { defaultTemplate, parseTemplate, type TemplateFamily } from '../template/parse-template.js';
import type { Template } from '../template/template.js';
import type { Task } from './types.js';

/**
 * The template of a task for a family of target LM: the one it gives for every family, else the one for this family,
 * else the default.
 */
export function taskTemplate(task: Pick<Task, 'name' | 'template' | 'templates'>, family: TemplateFamily): Template {
  const source = task.template ?? task.templates?.[family];
  if (source === undefined) return defaultTemplate(family);
  try {
    return parseTemplate(source, { family });
  } catch (error) {
    if (!(error instanceof RlpromptError)) throw error;
    throw error.with({ where: `task ${task.name}, ${error.where}`, cause: error });
  }
}
