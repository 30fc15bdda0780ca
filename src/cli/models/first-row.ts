import type { RunConfig } from '../../config/run-config.js';
import { readChatTemplate } from '../../lm/model/chat-template.js';
import { loadTokenizer } from '../../lm/model/tokenizer.js';
import { inspectModel } from '../../lm/onnx/families/inspect-model.js';
import { checkTemplateSource, loadConfiguredTask, templateFor } from '../../run/prepare/configured-task.js';
import { type ShownRow, showRow } from '../../run/prepare/shown-row.js';
import { installedModel } from './installed-model.js';

/** The first train row of a task as the target LM of a run would read it; the model is not loaded. */
export async function firstRow(config: RunConfig): Promise<ShownRow> {
  const task = await loadConfiguredTask(config);
  checkTemplateSource(task);
  const path = await installedModel(config.target);
  const { family } = await inspectModel(path, config.dtype);
  const template = await templateFor(
    task,
    { name: config.target, family, chatTemplate: readChatTemplate(path) },
    config,
  );
  return showRow(task, { tokenizer: await loadTokenizer(path), family }, template, task.splits.train[0]?.text ?? '');
}
