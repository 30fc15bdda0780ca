import { splitMessages } from '../../../template/chat-source.js';
import { MESSAGE_BREAK } from '../../../template/template.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FileFormat, RenderedPart } from '../../contract/exported-prompt.js';
import { modelName, wrappedAsChat } from '../../text/provenance.js';
import { hasMessages, joinParts, literalText, mergeParts } from '../../text/rendered-parts.js';

export const openaiChatFormat: FileFormat = {
  name: 'openai-chat',
  description: 'body of a chat completion request; {{text}} is where the input goes',
  group: 'chat',
  isTable: false,
  holdsMessages: true,
  file: 'best.openai.json',
  warn: wrappedAsChat,
  cannotHold: placeholderProblem,
  render: ([prompt]) => `${toVisibleJson(requestBody(prompt), 2)}\n`,
  read: (text) => ({ rendered: readBody(JSON.parse(text)) }),
};

interface RequestBody {
  readonly messages: readonly { readonly content: string }[];
}

const PLACEHOLDERS = { input: '{{text}}', mask: '{{mask}}' };

/** One user message, with a system message before it only where the run's template had one. */
export function requestBody(prompt: ExportedPrompt) {
  const asksForWord = prompt.labels.length > 0;
  const text = joinParts(prompt.rendered, (literal) => literal, PLACEHOLDERS);
  return {
    model: modelName(prompt),
    messages: hasMessages(prompt) ? splitMessages(text) : [{ role: 'user', content: text }],
    temperature: 0,
    seed: prompt.seed,
    ...(asksForWord ? { max_completion_tokens: 1, logprobs: true, top_logprobs: 20 } : {}),
  };
}

export function readBody({ messages }: RequestBody): RenderedPart[] {
  const text = messages.map(({ content }) => content).join(MESSAGE_BREAK);
  const pieces = text.split(/(\{\{(?:text|mask)\}\})/);
  return mergeParts(
    pieces.map((piece) => {
      if (piece === PLACEHOLDERS.input) return { slot: 'input' };
      return piece === PLACEHOLDERS.mask ? { slot: 'mask' } : piece;
    }),
  );
}

/** A request body has no way to escape a placeholder. */
export function placeholderProblem(prompt: ExportedPrompt): string | undefined {
  const found = /\{\{(?:text|mask)\}\}/.exec(literalText(prompt))?.[0];
  return found && `the prompt itself has ${found}, which marks a place in a request`;
}
