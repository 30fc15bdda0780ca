import { nearestWord, RlpromptError } from '../errors.js';
import type { ExportFormat } from './exported-prompt.js';
import { csvFormat } from './formats/csv.js';
import { dotpromptFormat } from './formats/dotprompt.js';
import { dspyFormat } from './formats/dspy.js';
import { hfDatasetFormat } from './formats/hf-dataset.js';
import { jsFormat } from './formats/js.js';
import { jsonFormat } from './formats/json.js';
import { langchainFormat } from './formats/langchain.js';
import { langchainChatFormat } from './formats/langchain-chat.js';
import { lmEvalFormat } from './formats/lm-eval.js';
import { mdFormat } from './formats/md.js';
import { mlflowFormat } from './formats/mlflow.js';
import { openaiBatchFormat } from './formats/openai-batch.js';
import { openaiChatFormat } from './formats/openai-chat.js';
import { optunaFormat } from './formats/optuna.js';
import { promptfooFormat } from './formats/promptfoo.js';
import { promptyFormat } from './formats/prompty.js';
import { pythonFormat } from './formats/python.js';
import { tsFormat } from './formats/ts.js';
import { tsAiSdkFormat } from './formats/ts-ai-sdk.js';
import { txtFormat } from './formats/txt.js';

/** Every format of `rlprompt export`. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  jsonFormat,
  csvFormat,
  hfDatasetFormat,
  txtFormat,
  mdFormat,
  tsFormat,
  jsFormat,
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
