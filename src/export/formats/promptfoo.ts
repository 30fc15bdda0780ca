import { parse } from 'yaml';
import type { ExportedPrompt, FileFormat } from '../exported-prompt.js';
import { readJinja, toJinja } from '../text/jinja.js';
import { describeScores, modelName } from '../text/provenance.js';
import { variablesOf } from '../text/rendered-parts.js';
import { toVisibleYaml } from '../text/visible-yaml.js';

const SCHEMA = '# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json\n';

export const promptfooFormat: FileFormat = {
  name: 'promptfoo',
  description: 'promptfoo configuration with an assertion that the answer is a label word',
  group: 'evaluation',
  isTable: false,
  file: 'promptfooconfig.yaml',
  render: ([prompt]) => SCHEMA + toVisibleYaml(configuration(prompt)),
  read: (text) => ({ rendered: readJinja(parse(text).prompts[0].raw) }),
};

function configuration(prompt: ExportedPrompt) {
  const isChat = prompt.target.startsWith('openai:');
  const words = prompt.labels.map(({ word }) => word.trim());
  const assert = [
    { type: 'javascript', value: `${JSON.stringify(words)}.some((word) => output.trim().startsWith(word))` },
  ];
  const vars = Object.fromEntries(variablesOf(prompt).map((name) => [name, `the ${name} goes here`]));
  return {
    description: `${describeScores(prompt)} (${prompt.tool})`,
    prompts: [{ id: 'best', label: 'best', raw: toJinja(prompt.rendered) }],
    providers: [{ id: `openai:${isChat ? 'chat' : 'completion'}:${modelName(prompt)}`, config: { temperature: 0 } }],
    ...(words.length > 0 ? { defaultTest: { assert } } : {}),
    tests: [{ vars }],
  };
}
