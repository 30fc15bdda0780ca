import { parse } from 'yaml';
import type { ExportedPrompt, FileFormat, RenderedPart } from './exported-prompt.js';
import { describeScores, modelName, registryName } from './provenance.js';
import { literalText, mergeParts, slotOf, VARIABLES, variablesOf } from './rendered-parts.js';
import { toVisibleYaml } from './visible-yaml.js';

export const dotpromptFormat: FileFormat = {
  name: 'dotprompt',
  description: 'Dotprompt file of Genkit with one user message; the prompt stands among the defaults of its input',
  group: 'templates',
  isTable: false,
  file: 'best.prompt',
  cannotHold: (prompt) =>
    /<<<dotprompt:/.test(literalText(prompt)) ? 'the prompt has <<<dotprompt:, which marks roles there' : undefined,
  render: ([prompt]) => renderFile(prompt!),
  read: readFile,
};

/** Literals are values of variables: what Handlebars would take for a tag, or trim, it leaves alone in a value. */
function renderFile(prompt: ExportedPrompt): string {
  const literals = Object.fromEntries(
    prompt.rendered.filter((part) => typeof part === 'string').map((text, i) => [`literal${i + 1}`, text]),
  );
  const names = Object.keys(literals);
  const body = prompt.rendered.map((part) => `{{${typeof part === 'string' ? names.shift() : VARIABLES[part.slot]}}}`);
  const schema = Object.fromEntries([
    ...variablesOf(prompt).map((name) => [name, 'string']),
    ...Object.keys(literals).map((name) => [`${name}?`, 'string']),
  ]);
  const frontMatter = {
    name: registryName(prompt),
    description: describeScores(prompt),
    model: modelName(prompt),
    config: { temperature: 0 },
    input: { schema, default: literals },
    output: { format: 'text' },
  };
  return `---\n${toVisibleYaml(frontMatter)}---\n${body.join('')}\n`;
}

function readFile(text: string): { rendered: RenderedPart[] } {
  const [, yaml, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text)!;
  const literals = parse(yaml!).input.default as Readonly<Record<string, string>>;
  const variables = Array.from(body!.matchAll(/\{\{(\w+)\}\}/g), ([, name]) => name!);
  return { rendered: mergeParts(variables.map((name) => literals[name] ?? slotOf(name))) };
}
