import type { ChatMessage } from '../../template/chat-source.js';

/** Holds a chat service to the answers there are. */
export function schemaOf(choices: readonly string[]) {
  const schema = {
    type: 'object',
    properties: { answer: { type: 'string', enum: choices } },
    required: ['answer'],
    additionalProperties: false,
  };
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } };
}

/** The same for a service that continues texts: llama.cpp reads the grammar, vLLM the list. */
export function grammarOf(choices: readonly string[]) {
  const words = choices.map((word) => JSON.stringify(word)).join(' | ');
  return { grammar: `root ::= " "? (${words})`, guided_choice: choices };
}

/** Messages as Anthropic's protocol has them: what the system says is apart, and not empty. */
export function apart(messages: readonly ChatMessage[]) {
  const system = messages.filter(({ role, content }) => role === 'system' && content.trim() !== '');
  return {
    ...(system[0] ? { system: system[0].content } : {}),
    messages: messages.filter(({ role }) => role !== 'system'),
  };
}
