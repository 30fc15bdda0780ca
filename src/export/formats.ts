import { nearestWord, RlpromptError } from '../errors.js';
import type { ExportFormat } from './exported-prompt.js';
import { jsFormat } from './formats/code/js.js';
import { nodeFormat } from './formats/code/node.js';
import { pythonFormat } from './formats/code/python.js';
import { tsFormat } from './formats/code/ts.js';
import { tsAiSdkFormat } from './formats/code/ts-ai-sdk.js';
import { csvFormat } from './formats/data/csv.js';
import { hfDatasetFormat } from './formats/data/hf-dataset.js';
import { jsonFormat } from './formats/data/json.js';
import { mdFormat } from './formats/data/md.js';
import { txtFormat } from './formats/data/txt.js';
import { lmEvalFormat } from './formats/experiments/lm-eval.js';
import { mlflowFormat } from './formats/experiments/mlflow.js';
import { optunaFormat } from './formats/experiments/optuna.js';
import { promptfooFormat } from './formats/experiments/promptfoo.js';
import { dotpromptFormat } from './formats/frameworks/dotprompt.js';
import { dspyFormat } from './formats/frameworks/dspy.js';
import { langchainFormat } from './formats/frameworks/langchain.js';
import { langchainChatFormat } from './formats/frameworks/langchain-chat.js';
import { openaiBatchFormat } from './formats/frameworks/openai-batch.js';
import { openaiChatFormat } from './formats/frameworks/openai-chat.js';
import { promptyFormat } from './formats/frameworks/prompty.js';

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
