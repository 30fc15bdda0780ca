import { parse } from 'csv-parse/sync';
import type { ExportedPrompt, FileFormat } from '../../contract/exported-prompt.js';

export const csvFormat: FileFormat = {
  name: 'csv',
  description: 'one row per prompt; cells that a spreadsheet would run start with an apostrophe, unless --raw',
  group: 'data',
  isTable: true,
  holdsMessages: true,
  file: 'prompts.csv',
  render(prompts, { isRaw }) {
    const metrics = metricColumns(prompts);
    const header = ['rank', 'prompt', 'tokenIds', 'tokens', 'reward', ...metrics.map(({ name }) => name), 'step'];
    const rows = prompts.map((prompt) => [
      prompt.rank,
      prompt.prompt,
      prompt.tokenIds.join(' '),
      JSON.stringify(prompt.tokens),
      prompt.reward,
      ...metrics.map(({ read }) => read(prompt) ?? ''),
      prompt.step,
    ]);
    return [header, ...rows].map((row) => `${row.map((cell) => formatCell(cell, isRaw)).join(',')}\r\n`).join('');
  },
  read: (text, { isRaw }) => {
    const [{ prompt }] = parse(text, { columns: true, record_delimiter: '\r\n' }) as [{ prompt: string }];
    return { prompt: isRaw ? prompt : prompt.replace(/^'(?='*[=+\-@\t\r\0])/, '') };
  },
};

const SPLITS = ['train', 'dev', 'test'] as const;

function metricColumns(prompts: readonly ExportedPrompt[]) {
  return SPLITS.flatMap((split) => {
    const names = new Set(prompts.flatMap(({ metrics }) => Object.keys(metrics[split] ?? {})));
    return [...names].map((name) => ({
      name: `${split}_${name}`,
      read: ({ metrics }: ExportedPrompt) => metrics[split]?.[name],
    }));
  });
}

/** RFC 4180; texts that begin like a formula, or like a defused one, are defused as OWASP ASVS 1.2.10 asks. */
export function formatCell(cell: string | number, isRaw: boolean): string {
  const isFormula = typeof cell === 'string' && /^'*[=+\-@\t\r\0]/.test(cell);
  const text = isFormula && !isRaw ? `'${cell}` : String(cell);
  return /[",\r\n\t\0]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
