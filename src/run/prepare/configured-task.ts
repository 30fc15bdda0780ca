import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import { chatRenderer } from '../../lm/model/chat-template.js';
import type { LanguageModel } from '../../lm/model/types.js';
import type { LoadTaskOptions } from '../../task/assemble/load-task-options.js';
import { loadTask } from '../../task/load/load-task.js';
import { taskTemplate } from '../../task/task-template.js';
import type { Task } from '../../task/types.js';
import { chatSource } from '../../template/chat-source.js';
import { parseTemplate, withLabelSpace } from '../../template/parse-template.js';
import type { Template } from '../../template/template.js';

/** The task a configuration names, with its data read and checked. */
export async function loadConfiguredTask(
  config: RunConfig,
  options: Pick<LoadTaskOptions, 'testOnly' | 'ofRun'> = {},
): Promise<Task> {
  const { normalise } = config;
  const task = await loadTask(config.task, { ...config, ...options });
  return normalise === undefined ? task : { ...task, normalise };
}

/** Which family a template is for is only certain with the model; that its slots are there can be said before. */
export function checkTemplateSource(task: Task): void {
  if (task.template === undefined) return;
  taskTemplate(task, task.template.includes('{mask}') ? 'masked' : 'causal');
}

/**
 * The template that a target LM is asked with: with `chat` in its own chat format.
 *
 * @throws RlpromptError `E_LABEL_SPACE`, `E_CHAT`, `E_CHAT_TEMPLATE`
 */
export async function templateFor(
  task: Task,
  targetLm: Pick<LanguageModel, 'name' | 'family' | 'chatTemplate' | 'takesMessages'>,
  { labelSpace, chat }: Pick<RunConfig, 'labelSpace' | 'chat'>,
): Promise<Template> {
  const { name, family, chatTemplate, takesMessages = false } = targetLm;
  const given = taskTemplate(task, family === 'masked' ? 'masked' : 'causal');
  if ((given.hasMask || family === 'encoder-decoder') && labelSpace !== 'auto') throw noSpaceOfItsOwn(name, family);
  const spaced = labelSpace === 'auto' ? given : withLabelSpace(given, labelSpace === 'yes');
  if (spaced.isRaw) return spaced;
  if (!chat) {
    if (spaced.hasSystem && !takesMessages) throw noMessages(name, family);
    return spaced;
  }
  if (chatTemplate === undefined) throw noChat(name, family);
  return parseTemplate(chatSource(spaced, await chatRenderer(chatTemplate, name)), { family: 'causal' });
}

/** What to say of a chat model that is not asked as one. */
export function chatHint({ name, chatTemplate }: LanguageModel, { isRaw }: Template): string[] {
  if (chatTemplate === undefined || isRaw) return [];
  return [`${name} has a chat template; --chat asks it in that format`];
}

function noSpaceOfItsOwn(name: string, family: LanguageModel['family']): RlpromptError {
  const isWhole = family === 'encoder-decoder';
  return new RlpromptError({
    code: 'E_LABEL_SPACE',
    exit: 'config',
    message: isWhole
      ? `the label words of ${name} are its whole answer: nothing is before them`
      : `the label words of ${name} fill {mask}: what stands before it in the template stands before them`,
    where: '--label-space',
    kept: 'nothing was scored',
    next: isWhole ? 'leave --label-space out' : 'write the space into --template, and leave --label-space out',
  });
}

function noMessages(name: string, family: LanguageModel['family']): RlpromptError {
  return new RlpromptError({
    code: 'E_CHAT',
    exit: 'config',
    message: `the template has messages, {system} and {user}, but ${name} is asked to continue a text`,
    where: '--template',
    kept: 'nothing was scored',
    next: `${family === 'endpoint' ? 'give --endpoint the address for messages (…/v1)' : 'add --chat'}, or write one text`,
  });
}

function noChat(name: string, family: LanguageModel['family']): RlpromptError {
  const why = {
    endpoint: 'is behind a service, which puts its own chat template around every text',
    causal: 'has no chat template in its folder',
  };
  return new RlpromptError({
    code: 'E_CHAT',
    exit: 'config',
    message: `${name} ${family === 'endpoint' || family === 'causal' ? why[family] : `is ${family.startsWith('e') ? 'an' : 'a'} ${family} model, which holds no conversation`}`,
    where: '--chat',
    kept: 'nothing was scored',
    next:
      family === 'causal'
        ? 'put its chat_template.jinja into the folder, as the Python library saves it, or leave --chat out'
        : 'leave --chat out',
  });
}
