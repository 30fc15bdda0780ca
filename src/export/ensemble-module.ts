import type { ExportedEnsemble } from './exported-ensemble.js';
import { comment, expression, labelsConstant, loadModule } from './formats/code/ts.js';
import { isMasked } from './text/rendered-parts.js';
import { toVisibleJson } from './text/visible-json.js';

/** A module of TypeScript without imports: PROMPTS, LABELS, render(input), together(logProbs), meta. */
export function ensembleModule(ensemble: ExportedEnsemble): string {
  const { members, labels, tool, run, task, metrics } = ensemble;
  const [first] = members;
  const masked = isMasked(first);
  const offsets = members.map(({ labelOffsets }) => labelOffsets ?? labels.map(() => 0));
  const texts = (parts: 'rendered' | 'renderedWithoutInput'): string =>
    `[\n${members.map((member) => `    ${expression(member[parts])},\n`).join('')}  ]`;
  const { generator, target, digests } = first;
  return `// Exported by ${comment(tool)} from ${comment(run)}.

/** The prompts that answer together, best first. */
export const PROMPTS = ${toVisibleJson(members.map(({ prompt }) => prompt))} as const;

${labelsConstant(labels)}
/** What is subtracted from the log-probability of each label's word, prompt by prompt. */
const LABEL_OFFSETS: readonly (readonly number[])[] = ${toVisibleJson(offsets)};

/** How the prompts were found and how they score together. */
export const meta = ${toVisibleJson({ task, generator, target, metrics, digests, run, tool }, 2)} as const;

/** The texts for the language model, one per prompt; ${masked ? 'it fills the mask with a word of LABELS' : 'a word of LABELS follows each'}. */
export function render(input: string${masked ? ', mask: string' : ''}): string[] {
  const text = input.trim();
  if (text === '') return ${texts('renderedWithoutInput')};
  return ${texts('rendered')};
}

/**
 * Probability of each label: the mean over the prompts.
 * @param logProbs log-probability of each label's word after each text, [prompts][labels], labels in the order of LABELS
 */
export function together(logProbs: readonly (readonly number[])[]): Map<string, number> {
  const rows = logProbs.map((row, p) => {
    const powers = row.map((logProb, l) => Math.exp(logProb - LABEL_OFFSETS[p]![l]!));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });
  return new Map([...LABELS.keys()].map((label, l) => [label, rows.reduce((sum, row) => sum + row[l]! / rows.length, 0)]));
}
`;
}

export function readEnsembleModule(text: string): readonly string[] {
  return (loadModule(text) as { PROMPTS: readonly string[] }).PROMPTS;
}
