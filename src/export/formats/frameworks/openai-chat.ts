import type { ExportedPrompt, FileFormat, RenderedPart } from '../../exported-prompt.js';
import { modelName, wrappedAsChat } from '../../text/provenance.js';
import { joinParts, literalText, mergeParts } from '../../text/rendered-parts.js';
import { toVisibleJson } from '../../text/visible-json.js';

export const openaiChatFormat: FileFormat = {
  name: 'openai-chat',
  description: 'body of a chat completion request; {{text}} is where the input goes',
  group: 'chat',
  isTable: false,
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

/** The whole text in one user message: a target LM that is no chat model saw neither roles nor a system message. */
export function requestBody(prompt: ExportedPrompt) {
  const asksForWord = prompt.labels.length > 0;
  return {
    model: modelName(prompt),
    messages: [{ role: 'user', content: joinParts(prompt.rendered, (text) => text, PLACEHOLDERS) }],
    temperature: 0,
    seed: prompt.seed,
    ...(asksForWord ? { max_completion_tokens: 1, logprobs: true, top_logprobs: 20 } : {}),
  };
}

export function readBody({ messages }: RequestBody): RenderedPart[] {
  const pieces = messages[0]!.content.split(/(\{\{(?:text|mask)\}\})/);
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
