import { toVisibleJson } from '../visible-json.js';
import type { Classify, LabelReading } from './contract/exported-prompt.js';
import type { ExportedEnsemble, ReadEnsemble } from './exported-ensemble.js';
import { comment, expression, labelsConstant, loadModule, PLACES, partsOf } from './formats/code/ts.js';
import { READING_TYPES, scoringFunctions } from './text/classify-source.js';
import { labelReadings } from './text/label-reading.js';
import { isMasked } from './text/rendered-parts.js';

/** A module of TypeScript without imports: PROMPTS, LABELS, READINGS, render(input), classify(input, complete), together(answers), meta. */
export function ensembleModule(ensemble: ExportedEnsemble): string {
  const { members, labels, tool, run, task, metrics } = ensemble;
  const [first] = members;
  const masked = isMasked(first);
  const [parameter, argument] = masked ? [', mask: string', ', mask'] : ['', ''];
  const texts = (parts: 'rendered' | 'renderedWithoutInput'): string =>
    `[\n${members.map((member) => `    ${expression(member[parts])},\n`).join('')}  ]`;
  const { generator, target, digests } = first;
  return `// Exported by ${comment(tool)} from ${comment(run)}.

/** The prompts that answer together, best first. */
export const PROMPTS = ${toVisibleJson(members.map(({ prompt }) => prompt))} as const;

${labelsConstant(labels)}
/** How each label is read, prompt by prompt: its words after the text, how much each counts, and what is subtracted from its score. */
export const READINGS: readonly (readonly Reading[])[] = ${toVisibleJson(members.map(labelReadings), 2)};

/** How the prompts were found and how they score together. */
export const meta = ${toVisibleJson({ task, generator, target, metrics, digests, run, tool }, 2)} as const;

/** The texts for the language model, one per prompt; ${masked ? 'it fills the mask with a label word' : 'a label word follows each'}. */
export function render(input: string${parameter}): string[] {
  const text = input.trim();
  if (text === '') return ${texts('renderedWithoutInput')};
  return ${texts('rendered')};
}
${READING_TYPES}${scoringFunctions('ts')}
/**
 * The label of an input, with the probability of each label: all prompts answer.
 * \`complete\` asks the language model, once per prompt: the natural log-probability of each word (or of the token it begins with)
 * right after the text${masked ? ', at the mask' : ''}. A word it does not name counts as the least likely of those it names.
 */
export async function classify(input: string, complete: Complete${parameter}): Promise<Classification> {
  const answers: Answer[] = [];
  for (const [p, text] of render(input${argument}).entries()) answers.push(await complete(text, wordsOf(READINGS[p] ?? [])));
  return together(answers);
}

/**
 * The label that answers stand for together: each label has the mean of its probabilities over the prompts.
 * @param answers prompt by prompt the natural log-probabilities of the words in its READINGS
 */
export function together(answers: readonly Answer[]): Classification {
  if (answers.length !== READINGS.length) throw new RangeError(\`\${READINGS.length} prompts need an answer each, not \${answers.length}\`);
  const labels = (READINGS[0] ?? []).map(({ label }) => label);
  const shares = READINGS.map((readings, p) => sharesOf(scoresOf(readings, answers[p] ?? {})));
  const means = labels.map((_, l) => shares.reduce((sum, own) => sum + (own[l] ?? 0) / shares.length, 0));
  const probabilities = Object.fromEntries(labels.map((label, l) => [label, means[l] ?? 0]));
  return { label: labels[means.indexOf(Math.max(...means))] ?? '', probabilities };
}
`;
}

export function readEnsembleModule(text: string): ReadEnsemble {
  const { render, READINGS, classify } = loadModule(text) as {
    render(input: string, mask: string): string[];
    READINGS: readonly (readonly LabelReading[])[];
    classify: Classify;
  };
  const texts = render(PLACES.input, PLACES.mask).map((rendered, p) => {
    return { rendered: partsOf(rendered), readings: READINGS[p] ?? [] };
  });
  return { texts, classify };
}
