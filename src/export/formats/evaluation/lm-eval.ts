import { parse } from 'yaml';
import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, ExportedRow, FolderFormat } from '../../contract/exported-prompt.js';
import { readJinja, toJinja } from '../../text/jinja.js';
import { answerTexts, labelReadings } from '../../text/label-reading.js';
import { provenance, registryName } from '../../text/provenance.js';
import { isMasked, VARIABLES } from '../../text/rendered-parts.js';
import { toVisibleYaml } from '../../text/visible-yaml.js';

const [TASK, ROWS] = ['task.yaml', 'test.jsonl'] as const;

export const lmEvalFormat: FolderFormat = {
  name: 'lm-eval',
  description: 'task of the LM evaluation harness, with the test rows in test.jsonl, labels numbered from 0',
  group: 'evaluation',
  isTable: false,
  holdsRows: true,
  readsFile: TASK,
  cannotHold: (prompt) => {
    if (isMasked(prompt)) return 'the prompt is for a masked language model; the harness scores what follows a text';
    return prompt.labels.length === 0 ? 'the task has no labels for the harness to compare' : undefined;
  },
  warn: (prompt) => {
    const losses = [
      ...(labelReadings(prompt).some(({ words }) => words.length > 1)
        ? ['compares one word per label, not several']
        : []),
      ...(prompt.normalise ? [`does not divide a word's log-probability by its ${prompt.normalise}s`] : []),
      ...(prompt.labelOffsets ? ['does not take label offsets off'] : []),
    ];
    return losses.length === 0 ? undefined : `the harness ${listOf(losses)} as this run does: its accuracy differs`;
  },
  renderFolder: ([prompt], { rows = [] }) => [
    { path: TASK, text: toVisibleYaml(taskOf(prompt)) },
    { path: ROWS, text: rows.map((row) => `${toVisibleJson(rowOf(row))}\n`).join('') },
  ],
  read: (text) => ({ rendered: readJinja(parse(text).doc_to_text) }),
};

function listOf(parts: readonly string[]): string {
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' and ');
}

function taskOf(prompt: ExportedPrompt) {
  const answers = answerTexts(prompt);
  const isSpaced = answers.every((answer) => answer.startsWith(' '));
  return {
    task: registryName(prompt).replaceAll('-', '_'),
    dataset_path: 'json',
    dataset_kwargs: { data_files: { test: ROWS } },
    test_split: 'test',
    output_type: 'multiple_choice',
    doc_to_text: toJinja(prompt.rendered),
    doc_to_target: 'label',
    doc_to_choice: isSpaced ? answers.map((answer) => answer.slice(1)) : answers,
    target_delimiter: isSpaced ? ' ' : '',
    metric_list: [{ metric: 'acc', aggregation: 'mean', higher_is_better: true }],
    metadata: { version: 1, ...provenance(prompt) },
  };
}

function rowOf({ text, label }: ExportedRow) {
  return { [VARIABLES.input]: text, label };
}
