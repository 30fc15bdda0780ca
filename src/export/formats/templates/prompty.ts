import type { ExportedPrompt, FileFormat, RenderedPart } from '../../contract/exported-prompt.js';
import { readJinja, toJinja } from '../../text/jinja.js';
import { describeScores, modelName, registryName, wrappedAsChat } from '../../text/provenance.js';
import { variablesOf } from '../../text/rendered-parts.js';
import { toVisibleYaml } from '../../text/visible-yaml.js';

export const promptyFormat: FileFormat = {
  name: 'prompty',
  description: 'Prompty file (version 2) with one user message',
  group: 'templates',
  isTable: false,
  file: 'best.prompty',
  warn: wrappedAsChat,
  cannotHold: (prompt) => lineProblem(prompt.rendered) ?? lineProblem(prompt.renderedWithoutInput),
  render: ([prompt]) => `---\n${toVisibleYaml(frontMatter(prompt))}---\nuser:\n${toJinja(prompt.rendered)}\n`,
  read: (text) => ({ rendered: readJinja(text.slice(text.indexOf('\n---\nuser:\n'))) }),
};

function frontMatter(prompt: ExportedPrompt) {
  return {
    name: registryName(prompt),
    description: describeScores(prompt),
    metadata: { tags: ['rlprompt'] },
    model: { id: modelName(prompt), provider: 'openai', apiType: 'chat', options: { temperature: 0 } },
    inputs: variablesOf(prompt).map((name) => ({ name, kind: 'string', required: true })),
    template: { format: { kind: 'jinja2' }, parser: { kind: 'prompty' } },
  };
}

const ROLE = /^\s*#?\s*(?:system|user|assistant|developer|tool|function)\s*(?:\[.*\])?\s*:\s*$/im;

/** Prompty looks for roles in the rendered text, line by line, with no way to escape one. */
function lineProblem(parts: readonly RenderedPart[]): string | undefined {
  const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  if (ROLE.test(text)) return 'a line of the prompt reads like the name of a role';
  if (/[\r\v\f\x1c-\x1e\x85\u2028\u2029]|^\n/.test(text)) return 'Prompty changes line breaks other than \\n';
  return /\s$/.test(text) ? 'Prompty takes blanks and line breaks off the end of a message' : undefined;
}
