import { nearestWord, RlpromptError } from '../errors.js';
import type { ExportFormat } from './contract/exported-prompt.js';
import { openaiBatchFormat } from './formats/chat/openai-batch.js';
import { openaiChatFormat } from './formats/chat/openai-chat.js';
import { jsFormat } from './formats/code/js.js';
import { nodeFormat } from './formats/code/node.js';
import { pythonFormat } from './formats/code/python.js';
import { tsFormat } from './formats/code/ts.js';
import { tsAiSdkFormat } from './formats/code/ts-ai-sdk.js';
import { csvFormat } from './formats/data/csv.js';
import { hfDatasetFormat } from './formats/data/hf-dataset.js';
import { jsonFormat } from './formats/data/json.js';
import { lmEvalFormat } from './formats/evaluation/lm-eval.js';
import { promptfooFormat } from './formats/evaluation/promptfoo.js';
import { dotpromptFormat } from './formats/templates/dotprompt.js';
import { dspyFormat } from './formats/templates/dspy.js';
import { langchainFormat } from './formats/templates/langchain.js';
import { langchainChatFormat } from './formats/templates/langchain-chat.js';
import { promptyFormat } from './formats/templates/prompty.js';
import { mdFormat } from './formats/text/md.js';
import { txtFormat } from './formats/text/txt.js';
import { mlflowFormat } from './formats/tracking/mlflow.js';
import { optunaFormat } from './formats/tracking/optuna.js';

/** Every format of `rlprompt export`. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  jsonFormat,
  csvFormat,
  hfDatasetFormat,
  txtFormat,
  mdFormat,
  tsFormat,
  jsFormat,
  nodeFormat,
  pythonFormat,
  tsAiSdkFormat,
  openaiChatFormat,
  openaiBatchFormat,
  langchainFormat,
  langchainChatFormat,
  dspyFormat,
  promptyFormat,
  dotpromptFormat,
  promptfooFormat,
  lmEvalFormat,
  mlflowFormat,
  optunaFormat,
];

/** @throws RlpromptError E_EXPORT_FORMAT naming the formats there are. */
export function findFormat(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((candidate) => candidate.name === name);
  if (format) return format;
  const names = EXPORT_FORMATS.map((candidate) => candidate.name);
  const near = nearestWord(name, names);
  throw new RlpromptError({
    code: 'E_EXPORT_FORMAT',
    exit: 'usage',
    message: `unknown format ${JSON.stringify(name)}${near ? `, did you mean ${near}?` : ''}`,
    where: '--format',
    next: `formats: ${names.join(', ')}`,
  });
}
