import type { FileFormat } from '../exported-prompt.js';
import { isMasked } from '../text/rendered-parts.js';
import { renderModule, tsFormat } from './ts.js';

export const tsAiSdkFormat: FileFormat = {
  name: 'ts-ai-sdk',
  description: 'the same module with run(model, input) for the AI SDK (package "ai", 5 or newer)',
  group: 'code',
  isTable: false,
  file: 'best-ai-sdk.ts',
  render: ([prompt]) => {
    const mask = isMasked(prompt!) ? ['mask'] : [];
    const parameters = ['input', ...mask].map((name) => `${name}: string`).join(', ');
    return `${renderModule(prompt!)}
/** Asks a language model; the likeliest answer, the same each time where the model allows. */
export function run(model: LanguageModel, ${parameters}) {
  return generateText({ model, prompt: render(${['input', ...mask].join(', ')}), temperature: 0, seed: ${prompt!.seed} });
}
`.replace('\n\n', "\n\nimport { generateText, type LanguageModel } from 'ai';\n\n");
  },
  // The SDK is not needed to render, and need not be installed here.
  read: (text, options) => tsFormat.read(text.replace(/^import .*$/m, ''), options),
};
