import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FolderFormat } from '../../contract/exported-prompt.js';
import { describeScores } from '../../text/provenance.js';
import { toVisibleYaml } from '../../text/visible-yaml.js';

const ROWS = 'data/prompts.jsonl';

export const hfDatasetFormat: FolderFormat = {
  name: 'hf-dataset',
  description: 'data set for the Hugging Face hub: card and one row per prompt; no row of the task’s own data',
  group: 'data',
  isTable: true,
  holdsMessages: true,
  readsFile: ROWS,
  renderFolder: (prompts) => [
    { path: 'README.md', text: renderCard(prompts) },
    { path: ROWS, text: prompts.map((prompt) => `${toVisibleJson(rowOf(prompt))}\n`).join('') },
  ],
  read: (text) => ({ prompt: JSON.parse(text.split('\n')[0] ?? '').prompt }),
};

/** The same columns in every row, so that a table can be made of them. */
function rowOf(prompt: ExportedPrompt) {
  const { rank, reward, metric, metrics, step, tokens, tokenIds, template, generator, target, seed, task } = prompt;
  return {
    ...{ rank, prompt: prompt.prompt, template, reward, metric },
    ...{
      train: metrics.train[metric] ?? null,
      dev: metrics.dev?.[metric] ?? null,
      test: metrics.test?.[metric] ?? null,
    },
    ...{ step, tokens, tokenIds, task, generator, target, seed },
  };
}

function renderCard(prompts: readonly ExportedPrompt[]): string {
  const [best] = prompts as [ExportedPrompt];
  const metadata = {
    pretty_name: `Prompts found for ${best.task}`,
    task_categories: [best.taskKind === 'classification' ? 'text-classification' : 'text-generation'],
    tags: ['prompt-optimization', 'rlprompt'],
    size_categories: [prompts.length < 1000 ? 'n<1K' : '1K<n<10K'],
    configs: [{ config_name: 'default', data_files: [{ split: 'train', path: ROWS }] }],
  };
  return `---
${toVisibleYaml(metadata)}---

# Prompts for ${plain(best.task)}

${prompts.length} prompts for the language model ${plain(best.target)}, from a search by reinforcement learning with
${plain(best.generator)} as the generator, best first. The best: ${plain(describeScores(best))}.

## Fields

- \`prompt\`: the text that was scored; \`tokenIds\` and \`tokens\` are what the generator wrote for it.
- \`template\`: where prompt, input and, for masked language models, the mask go.
- \`train\`, \`dev\`, \`test\`: the \`metric\` on each split. Only the chosen prompt was scored on test.
- \`reward\`, \`step\`, \`seed\`: how it was found.

Made by ${plain(best.tool)}. Rows of the task's data are not part of this data set.
`;
}

/** Names stand in Markdown text: nothing of them may be markup. */
function plain(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/@_-]/gu, '?');
}
