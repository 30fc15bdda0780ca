import type { ExportedPrompt, ExportFormat, RenderedPart } from './exported-prompt.js';
import { toVisibleJson } from './visible-json.js';

export const tsFormat: ExportFormat = {
  name: 'ts',
  description: 'a TypeScript module without dependencies: PROMPT, LABELS, render(input), meta',
  isTable: false,
  render: ([prompt]) => renderModule(prompt!),
};

function renderModule(prompt: ExportedPrompt): string {
  const { labels } = prompt;
  const { task, generator, target, trainer, seed, step, reward, metrics, tokenIds, run, tool } = prompt;
  const meta = { task, generator, target, trainer, seed, step, reward, metrics, tokenIds, run, tool };
  const isMasked = prompt.rendered.some((part) => typeof part === 'object' && part.slot === 'mask');
  const words = Object.entries(Object.fromEntries(labels.map(({ name, word }) => [name, word])));
  return `// Exported by ${comment(tool)} from ${comment(run)}.

/** The prompt that was found. */
export const PROMPT = ${toVisibleJson(prompt.prompt)};

/** Each label and the word that the language model says for it. */
export const LABELS: ReadonlyMap<string, string> = new Map(${toVisibleJson(words)});

/** How the prompt was found and how it scores. */
export const meta = ${toVisibleJson(meta, 2)} as const;

/** The text for the language model; ${isMasked ? 'it fills the mask with a word of LABELS' : 'a word of LABELS follows it'}. */
export function render(input: string${isMasked ? ', mask: string' : ''}): string {
  const text = input.trim();
  if (text === '') return ${expression(prompt.renderedWithoutInput)};
  return ${expression(prompt.rendered)};
}
`;
}

const VARIABLES = { input: 'text', mask: 'mask' };

function expression(parts: readonly RenderedPart[]): string {
  const terms = parts.map((part) => (typeof part === 'string' ? toVisibleJson(part) : VARIABLES[part.slot]));
  return terms.length > 0 ? terms.join(' + ') : "''";
}

function comment(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
