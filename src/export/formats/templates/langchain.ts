import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FileFormat } from '../../contract/exported-prompt.js';
import { readFString, toFString } from '../../text/f-string.js';
import { provenance } from '../../text/provenance.js';
import { variablesOf } from '../../text/rendered-parts.js';

export const langchainFormat: FileFormat = {
  name: 'langchain',
  description: 'LangChain prompt file: load_prompt("best.langchain.json").format(text=…)',
  group: 'templates',
  isTable: false,
  file: 'best.langchain.json',
  render: ([prompt]) =>
    `${toVisibleJson({ _type: 'prompt', ...templateFields(prompt), metadata: provenance(prompt) }, 2)}\n`,
  read: (text) => ({ rendered: readFString(JSON.parse(text).template) }),
};

/** The arguments of a LangChain `PromptTemplate`. */
export function templateFields(prompt: ExportedPrompt) {
  return {
    input_variables: variablesOf(prompt),
    template: toFString(prompt.rendered),
    template_format: 'f-string',
  };
}
