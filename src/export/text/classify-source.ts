import { toVisibleJson } from '../../visible-json.js';
import type { ExportedPrompt } from '../contract/exported-prompt.js';
import { labelReadings } from './label-reading.js';
import { isMasked } from './rendered-parts.js';

/** The languages of a module, which differ in where their types are: TypeScript, or JavaScript with JSDoc. */
export type ScriptLanguage = 'ts' | 'js';

/** `text` where the module is TypeScript. */
export function typed(language: ScriptLanguage, text: string): string {
  return language === 'ts' ? text : '';
}

/** The functions classify and labelOf of a module that has `render`; empty for tasks without labels. */
export function classifySource(prompt: ExportedPrompt, language: ScriptLanguage): string {
  const readings = labelReadings(prompt);
  if (readings.length === 0) return '';
  const t = (text: string) => typed(language, text);
  const masked = isMasked(prompt);
  const mask = masked ? ', mask' : '';
  const doc = language === 'js' ? ['', ...jsDoc(masked)].join('\n * ') : '';
  return `
/** How each label is read: its words after the text, how much each counts, and what is subtracted from its score. */
export const READINGS${t(': readonly Reading[]')} = ${toVisibleJson(readings, 2)};
${t(READING_TYPES)}${scoringFunctions(language)}
/**
 * The label of an input, with the probability of each label.
 * \`complete\` asks the language model: the natural log-probability of each word (or of the token it begins with) right
 * after the text${masked ? ', at the mask' : ''}. A word it does not name counts as the least likely of those it names.${doc}
 */
export async function classify(${
    language === 'ts' ? `input: string, complete: Complete${masked ? ', mask: string' : ''}` : `input, complete${mask}`
  })${t(': Promise<Classification>')} {
  const answer = await complete(render(input${mask}), wordsOf(READINGS));
  const scores = scoresOf(READINGS, answer);
  const shares = sharesOf(scores);
  const probabilities = Object.fromEntries(READINGS.map(({ label }, i) => [label, shares[i] ?? 0]));
  return { label: READINGS[scores.indexOf(Math.max(...scores))]?.label ?? '', probabilities };
}

/**
 * The label of a generated answer, for services that give no log-probabilities: the one that the whole answer names, by itself or by
 * its word of LABELS, or else the one with a word in READINGS that the answer begins with. Undefined for another answer.
 */
export function labelOf(answer${t(': string')})${t(': string | undefined')} {
  const said = answer.trim().toLowerCase();
  const whole = [said, said.replace(/[^\\p{L}\\p{N}]+$/u, '')];
  const named = [...LABELS].find((names) => names.some((name) => whole.includes(name.trim().toLowerCase())));
  if (named && said !== '') return named[0];
  const weights = READINGS.map((reading) =>
    Math.max(0, ...reading.words.map((word, i) => (said.startsWith(word.trim().toLowerCase()) ? (reading.weights[i] ?? 0) : 0))),
  );
  const most = Math.max(...weights);
  return most > 0 ? READINGS[weights.indexOf(most)]?.label : undefined;
}
`;
}

/** The functions of a module by which the answers to a text become scores of its labels, and those probabilities. */
export function scoringFunctions(language: ScriptLanguage): string {
  const t = (text: string) => typed(language, text);
  const doc = (lines: string) => (language === 'js' ? `/**\n${lines} */\n` : '');
  return `
${doc(' * @param {typeof READINGS} readings\n')}function wordsOf(readings${t(': readonly Reading[]')})${t(': string[]')} {
  return [...new Set(readings.flatMap((reading) => reading.words))];
}

${doc(' * @param {typeof READINGS} readings\n * @param {Record<string, number>} answer\n')}function scoresOf(readings${t(': readonly Reading[]')}, answer${t(': Answer')})${t(': number[]')} {
  const words = wordsOf(readings);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new TypeError(\`complete() must give an object, from each word to its log-probability: { \${JSON.stringify(words[0])}: -1.2, … }\`);
  }
  const given = new Map(Object.entries(answer));
  const found = words.map((word) => given.get(word) ?? given.get(word.trim()));
  if (found.every((value) => value === undefined)) {
    throw new Error(\`complete() named none of the \${words.length} label words, such as \${JSON.stringify(words[0])}\`);
  }
  // An answer may hold a whole vocabulary, which is more than Math.min takes at once.
  let least = Infinity;
  for (const value of given.values()) least = Math.min(least, value);
  const logProbs = new Map(words.map((word, i) => [word, found[i] ?? least]));
  return readings.map((reading) =>
    reading.words.reduce((sum, word, i) => sum + (reading.weights[i] ?? 0) * (logProbs.get(word) ?? least), -reading.offset),
  );
}

${doc(' * @param {number[]} scores\n')}function sharesOf(scores${t(': readonly number[]')})${t(': number[]')} {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
`;
}

/** The types of a module that has `scoringFunctions`. */
export const READING_TYPES = `
export interface Reading {
  readonly label: string;
  readonly words: readonly string[];
  readonly weights: readonly number[];
  readonly offset: number;
}

/** Natural log-probabilities of words after a text, word by word. */
export type Answer = Readonly<Record<string, number>>;

export type Complete = (text: string, words: readonly string[]) => Answer | Promise<Answer>;

export interface Classification {
  readonly label: string;
  /** They sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
}
`;

function jsDoc(masked: boolean): string[] {
  const result = 'Record<string, number>';
  return [
    '@param {string} input',
    `@param {(text: string, words: string[]) => ${result} | Promise<${result}>} complete`,
    ...(masked ? ['@param {string} mask'] : []),
    `@returns {Promise<{ label: string, probabilities: ${result} }>}`,
  ];
}
