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
