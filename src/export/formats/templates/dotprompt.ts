import type { ExportedPrompt, FileFormat } from '../../contract/exported-prompt.js';
import { readHandlebars, toHandlebars } from '../../text/handlebars.js';
import { describeScores, modelName, registryName, wrappedAsChat } from '../../text/provenance.js';
import { literalText, variablesOf } from '../../text/rendered-parts.js';
import { toVisibleYaml } from '../../text/visible-yaml.js';

export const dotpromptFormat: FileFormat = {
  name: 'dotprompt',
  description: 'Dotprompt file of Genkit with one user message',
  group: 'templates',
  isTable: false,
  file: 'best.prompt',
  warn: wrappedAsChat,
  cannotHold: (prompt) =>
    /<<<dotprompt:/.test(literalText(prompt)) ? 'the prompt has <<<dotprompt:, which marks roles there' : undefined,
  render: ([prompt]) => `---\n${toVisibleYaml(frontMatter(prompt))}---\n${toHandlebars(prompt.rendered)}\n`,
  read: (text) => ({ rendered: readHandlebars(text.slice(text.indexOf('\n---\n'))) }),
};

function frontMatter(prompt: ExportedPrompt) {
  return {
    name: registryName(prompt),
    description: describeScores(prompt),
    model: modelName(prompt),
    config: { temperature: 0 },
    input: { schema: Object.fromEntries(variablesOf(prompt).map((name) => [name, 'string'])) },
    output: { format: 'text' },
  };
}
