import { parse } from 'yaml';
import type { ExportedPrompt, ExportedRow, FileFormat } from '../../contract/exported-prompt.js';
import { readJinja } from '../../text/jinja.js';
import { labelReadings, writtenWords } from '../../text/label-reading.js';
import { describeScores, modelName } from '../../text/provenance.js';
import { literalText, VARIABLES, variablesOf } from '../../text/rendered-parts.js';
import { toVisibleYaml } from '../../text/visible-yaml.js';
import { promptfooPrompt, promptfooValue, splitsLines } from './promptfoo-text.js';

const SCHEMA = '# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json\n';

/** A label word takes a few tokens. */
const MOST_TOKENS = 16;
/** More cost more than they tell. */
const MOST_ROWS = 100;

export const promptfooFormat: FileFormat = {
  name: 'promptfoo',
  description: `promptfoo configuration with test rows (at most ${MOST_ROWS}) and an assertion of each row’s label`,
  group: 'evaluation',
  isTable: false,
  file: 'promptfooconfig.yaml',
  holdsRows: true,
  cannotHold: (prompt) =>
    splitsLines(literalText(prompt)) ? 'promptfoo leaves texts with U+2028 or U+2029 unrendered' : undefined,
  render: ([prompt], { rows }) => SCHEMA + toVisibleYaml(configuration(prompt, rows)),
  read: (text) => ({ rendered: readJinja(parse(text).prompts[0].raw) }),
};

function configuration(prompt: ExportedPrompt, rows: readonly ExportedRow[] = []) {
  const isChat = prompt.target.startsWith('openai:');
  const readings = labelReadings(prompt);
  const written = writtenWords(readings);
  const blank = Object.fromEntries(variablesOf(prompt).map((name) => [name, `the ${name} goes here`]));
  const held = rows.filter(({ text }) => !splitsLines(text)).slice(0, MOST_ROWS);
  const tests = held.flatMap(({ text, label }) => {
    const reading = readings[label];
    const words = written[label];
    if (!reading || !words) return [];
    return [
      {
        description: reading.label,
        vars: { ...blank, [VARIABLES.input]: promptfooValue(text) },
        assert: [answers(words)],
      },
    ];
  });
  const isAnyLabel = answers([...new Set(written.flat())]);
  return {
    description: `${describeScores(prompt)} (${prompt.tool})`,
    prompts: [{ id: 'best', label: 'best', raw: promptfooPrompt(prompt.rendered) }],
    providers: [
      {
        id: `openai:${isChat ? 'chat' : 'completion'}:${modelName(prompt)}`,
        config: { temperature: 0, max_tokens: MOST_TOKENS },
      },
    ],
    ...(readings.length > 0 ? { defaultTest: { assert: [isAnyLabel] } } : {}),
    tests: tests.length > 0 ? tests : [{ vars: blank }],
  };
}

/** That an answer begins with one of the words, whatever the case; `labelOf` of the code formats reads it alike. */
function answers(words: readonly string[]) {
  const said = JSON.stringify(words.map((word) => word.trim().toLowerCase()));
  return { type: 'javascript', value: `${said}.some((word) => output.trim().toLowerCase().startsWith(word))` };
}
