import { join } from 'node:path';
import { createJiti } from 'jiti';
import type { TaskLabel } from '../../../task/types.js';
import { toVisibleJson } from '../../../visible-json.js';
import type {
  Classify,
  ExportedPrompt,
  FileFormat,
  LabelReading,
  RenderedPart,
} from '../../contract/exported-prompt.js';
import { classifySource, type ScriptLanguage, typed } from '../../text/classify-source.js';
import { lengthWarning } from '../../text/label-reading.js';
import { provenance } from '../../text/provenance.js';
import { isMasked } from '../../text/rendered-parts.js';

export const tsFormat: FileFormat = {
  name: 'ts',
  description:
    'a TypeScript module without dependencies: classify(input, complete), render(input), PROMPT, LABELS, meta',
  group: 'code',
  isTable: false,
  file: 'best.ts',
  warn: lengthWarning,
  render: ([prompt]) => renderModule(prompt),
  read: (text) => {
    const { render, READINGS, classify } = loadModule(text) as {
      render(input: string, mask: string): string;
      READINGS?: readonly LabelReading[];
      classify: Classify;
    };
    const rendered = partsOf(render(PLACES.input, PLACES.mask));
    return READINGS ? { rendered, readings: READINGS, classify } : { rendered };
  },
};

/** What a module of TypeScript without imports exports. */
export function loadModule(text: string): unknown {
  return createJiti(import.meta.url, { fsCache: false }).evalModule(text, {
    filename: join(import.meta.dirname, 'exported.ts'),
  });
}

/** A module without imports. */
export function renderModule(prompt: ExportedPrompt, language: ScriptLanguage = 'ts'): string {
  const { labels, labelOffsets } = prompt;
  const offsets = labels.map(({ name }, i) => [name, labelOffsets?.[i]]);
  const calibration = labelOffsets
    ? `
/** What to subtract from the score of each label, which is read by the words of READINGS, before labels are compared. */
export const LABEL_OFFSETS${typed(language, ': ReadonlyMap<string, number>')} = new Map(${toVisibleJson(offsets)});
`
    : '';
  return `// Exported by ${comment(prompt.tool)} from ${comment(prompt.run)}.

/** The prompt. */
export const PROMPT = ${toVisibleJson(prompt.prompt)};

${labelsConstant(labels, language)}${calibration}
/** Where the prompt comes from and how it scores. */
export const meta = ${toVisibleJson(provenance(prompt), 2)}${typed(language, ' as const')};

${renderFunction(prompt, language)}${classifySource(prompt, language)}`;
}

/** The constant LABELS of a module. */
export function labelsConstant(labels: readonly TaskLabel[], language: ScriptLanguage = 'ts'): string {
  const words = labels.map(({ name, word }) => [name, word]);
  return `/** Each label and the word that was given for it. */
export const LABELS${typed(language, ': ReadonlyMap<string, string>')} = new Map(${toVisibleJson(words)});
`;
}

function renderFunction(prompt: ExportedPrompt, language: ScriptLanguage): string {
  const masked = isMasked(prompt);
  const parameters = ['input', ...(masked ? ['mask'] : [])].map((name) => name + typed(language, ': string'));
  return `/** The text for the language model; ${masked ? 'it fills the mask with a label word' : 'a label word follows it'}. */
export function render(${parameters.join(', ')})${typed(language, ': string')} {
  const text = input.trim();
  if (text === '') return ${expression(prompt.renderedWithoutInput)};
  return ${expression(prompt.rendered)};
}
`;
}

const NAMES = { input: 'text', mask: 'mask' };

/** The parts as an expression of TypeScript over `text` and `mask`. */
export function expression(parts: readonly RenderedPart[]): string {
  const terms = parts.map((part) => (typeof part === 'string' ? toVisibleJson(part) : NAMES[part.slot]));
  return terms.length > 0 ? terms.join(' + ') : "''";
}

/** Texts that no prompt holds: what `render` makes of them shows where input and mask go. */
export const PLACES = { input: '\u{f8ff0}i\u{f8ff0}', mask: '\u{f8ff0}m\u{f8ff0}' };

/** The parts of a text that was rendered from `PLACES`. */
export function partsOf(rendered: string): RenderedPart[] {
  const pieces = rendered.split(/(\u{f8ff0}[im]\u{f8ff0})/u);
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece === PLACES.input) return { slot: 'input' };
      return piece === PLACES.mask ? { slot: 'mask' } : piece;
    });
}

/** Text as it may stand in a comment line. */
export function comment(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
