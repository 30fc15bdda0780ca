import { nearestWord, RlpromptError } from '../errors.js';
import { csvFormat } from './csv.js';
import { dotpromptFormat } from './dotprompt.js';
import { dspyFormat } from './dspy.js';
import type { ExportFormat } from './exported-prompt.js';
import { hfDatasetFormat } from './hf-dataset.js';
import { jsonFormat } from './json.js';
import { langchainFormat } from './langchain.js';
import { langchainChatFormat } from './langchain-chat.js';
import { lmEvalFormat } from './lm-eval.js';
import { mdFormat } from './md.js';
import { mlflowFormat } from './mlflow.js';
import { openaiBatchFormat } from './openai-batch.js';
import { openaiChatFormat } from './openai-chat.js';
import { optunaFormat } from './optuna.js';
import { promptfooFormat } from './promptfoo.js';
import { promptyFormat } from './prompty.js';
import { tsFormat } from './ts.js';
import { tsAiSdkFormat } from './ts-ai-sdk.js';
import { txtFormat } from './txt.js';

/** Every format of `rlprompt export`. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  jsonFormat,
  csvFormat,
  hfDatasetFormat,
  txtFormat,
  mdFormat,
  tsFormat,
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
