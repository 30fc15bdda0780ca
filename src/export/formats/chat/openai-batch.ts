import { toVisibleJson } from '../../../visible-json.js';
import type { FileFormat } from '../../contract/exported-prompt.js';
import { registryName, wrappedAsChat } from '../../text/provenance.js';
import { placeholderProblem, readBody, requestBody } from './openai-chat.js';

export const openaiBatchFormat: FileFormat = {
  name: 'openai-batch',
  description: 'lines of a batch file for /v1/chat/completions, one per prompt',
  group: 'chat',
  isTable: true,
  holdsMessages: true,
  file: 'prompts.batch.jsonl',
  warn: wrappedAsChat,
  cannotHold: placeholderProblem,
  render: (prompts) =>
    prompts
      .map((prompt) => {
        const custom_id = `${registryName(prompt)}-${prompt.rank}`;
        const request = { custom_id, method: 'POST', url: '/v1/chat/completions', body: requestBody(prompt) };
        return `${toVisibleJson(request)}\n`;
      })
      .join(''),
  read: (text) => ({ rendered: readBody(JSON.parse(text.split('\n')[0] ?? '').body) }),
};
