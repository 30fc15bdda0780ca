import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FileFormat } from '../../contract/exported-prompt.js';
import { answerWords } from '../../text/answer-words.js';
import { labelReadings } from '../../text/label-reading.js';
import { wrappedAsChat } from '../../text/provenance.js';
import { isMasked } from '../../text/rendered-parts.js';
import { renderModule, tsFormat } from './ts.js';

/** Enough for a label word; some services take no fewer. */
const MOST_TOKENS = 16;

export const tsAiSdkFormat: FileFormat = {
  name: 'ts-ai-sdk',
  description: 'the same module with run(model, input), which gives a label, for the AI SDK (package "ai", 5 or newer)',
  group: 'code',
  isTable: false,
  file: 'best-ai-sdk.ts',
  warn: wrappedAsChat,
  render: ([prompt]) => {
    const hasLabels = labelReadings(prompt).length > 0;
    const result = `Promise<{ ${hasLabels ? 'label: string | undefined; ' : ''}text: string }>`;
    const mask = isMasked(prompt) ? ['mask'] : [];
    const parameters = ['input', ...mask].map((name) => `${name}: string`).join(', ');
    const instruction = hasLabels && wrappedAsChat(prompt) ? instructionOf(prompt) : undefined;
    return `${renderModule(prompt)}
/**
 * Asks a language model for its likeliest answer, of ${MOST_TOKENS} tokens at most, the same each time where the model allows.
 * The text goes to it as the message of a user; in the run it was ${wrappedAsChat(prompt) ? 'a text to continue' : 'sent likewise'}.${instruction ? REASON : ''}
 */
export async function run(model: LanguageModel, ${parameters}): ${result} {
  const { text } = await generateText({
    model,${instruction ? `\n    system: ${toVisibleJson(instruction)},` : ''}
    prompt: render(${['input', ...mask].join(', ')}),
    temperature: 0,
    seed: ${prompt.seed},
    maxOutputTokens: ${MOST_TOKENS},
  });
  return { ${hasLabels ? 'label: labelOf(text), ' : ''}text };
}
`.replace('\n\n', "\n\nimport { generateText, type LanguageModel } from 'ai';\n\n");
  },
  // The SDK is not needed to render, and need not be installed here.
  read: (text, options) => tsFormat.read(text.replace(/^import .*$/m, ''), options),
};

const REASON = `
 * The run read labels off probabilities of words, so nothing in the text asks for one. A chat model writes one label out: the
 * system message, which the run did not have, names the words to choose from. Measure it on your own rows.`;

function instructionOf(prompt: ExportedPrompt): string {
  return `Answer with one of these words and nothing else: ${answerWords(prompt).join(', ')}`;
}
