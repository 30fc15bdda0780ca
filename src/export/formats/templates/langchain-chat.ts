import { toVisibleJson } from '../../../visible-json.js';
import type { FileFormat } from '../../contract/exported-prompt.js';
import { readFString } from '../../text/f-string.js';
import { wrappedAsChat } from '../../text/provenance.js';
import { variablesOf } from '../../text/rendered-parts.js';
import { templateFields } from './langchain.js';

export const langchainChatFormat: FileFormat = {
  name: 'langchain-chat',
  description: 'LangChain ChatPromptTemplate as langchain_core.load.loads and its JavaScript twin take it',
  group: 'templates',
  isTable: false,
  file: 'best.langchain-chat.json',
  warn: wrappedAsChat,
  render: ([prompt]) => {
    const template = serialised(['prompts', 'prompt', 'PromptTemplate'], templateFields(prompt));
    const message = serialised(['prompts', 'chat', 'HumanMessagePromptTemplate'], { prompt: template });
    const chat = { input_variables: variablesOf(prompt), messages: [message] };
    return `${toVisibleJson(serialised(['prompts', 'chat', 'ChatPromptTemplate'], chat), 2)}\n`;
  },
  read: (text) => {
    const chat = JSON.parse(text) as {
      kwargs: { messages: [{ kwargs: { prompt: { kwargs: { template: string } } } }] };
    };
    return { rendered: readFString(chat.kwargs.messages[0].kwargs.prompt.kwargs.template) };
  },
};

function serialised(path: readonly string[], kwargs: Readonly<Record<string, unknown>>) {
  return { lc: 1, type: 'constructor', id: ['langchain_core', ...path], kwargs };
}
