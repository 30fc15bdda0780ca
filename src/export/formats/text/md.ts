import { toVisibleJson } from '../../../visible-json.js';
import type { ExportedPrompt, FileFormat } from '../../contract/exported-prompt.js';

const SPLITS = ['train', 'dev', 'test'] as const;

export const mdFormat: FileFormat = {
  name: 'md',
  description: 'a page to read: prompt, template, labels, scores and where it comes from',
  group: 'text',
  isTable: false,
  holdsMessages: true,
  file: 'best.md',
  render: ([prompt]) => renderPage(prompt),
  read: (text) => ({ prompt: JSON.parse(/^```json\n(.*)\n```$/m.exec(text)?.[1] ?? '') }),
};

function renderPage(prompt: ExportedPrompt): string {
  const { task, target, generator, trainer, seed, step, reward, tokenIds, labels, labelOffsets, run, tool } = prompt;
  const facts = [
    ...Object.entries({ task, 'target LM': target, 'generator LM': generator, trainer }),
    ...Object.entries({ seed, step, reward, 'token ids': tokenIds.join(' '), run, tool }),
  ];
  const offsets = labelOffsets ? ['offset'] : [];
  return `# A prompt for ${code(task)}

## Prompt

As a JSON string, so that blanks and unseen characters show.

\`\`\`json
${toVisibleJson(prompt.prompt)}
\`\`\`

## What the language model reads

\`\`\`json
${toVisibleJson(prompt.rendered)}
\`\`\`

${labels.length > 0 ? `${table(['label', 'word', ...offsets], labelRows(prompt))}\n` : ''}
## Scores

${table(['split', 'metric', 'score'], scoreRows(prompt))}

## Origin

${table(
  ['', ''],
  facts.map(([name, value]) => [String(name), code(String(value))]),
)}
`;
}

function labelRows({ labels, labelOffsets }: ExportedPrompt): string[][] {
  return labels.map(({ name, word }, i) => [code(name), code(word), ...(labelOffsets ? [`${labelOffsets[i]}`] : [])]);
}

function scoreRows({ metrics }: ExportedPrompt): string[][] {
  return SPLITS.flatMap((split) =>
    Object.entries(metrics[split] ?? {}).map(([name, score]) => [split, name, String(score)]),
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A code span holds anything but the end of itself and, in a table, a bar. */
function code(text: string): string {
  return `\`${toVisibleJson(text).slice(1, -1).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
