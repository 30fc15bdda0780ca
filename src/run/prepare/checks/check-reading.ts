import { rowsPerLabel } from '../../../classifier/draw-demonstrations.js';
import type { RunConfig } from '../../../config/run-config.js';
import { type ErrorCode, RlpromptError } from '../../../errors.js';
import type { LanguageModel } from '../../../lm/model/types.js';
import type { Task } from '../../../task/types.js';

/**
 * Refuses, before a model is loaded, ways of reading that the data or the target LM cannot have.
 * @throws RlpromptError `E_DEMOS_ROWS`, `E_CONFIG`
 */
export function checkReading(
  { name, kind, labels, splits, template }: Pick<Task, 'name' | 'kind' | 'labels' | 'splits' | 'template'>,
  { labelWords, demos: given, chat }: Pick<RunConfig, 'labelWords' | 'demos' | 'chat'>,
): void {
  // What is left to the task fits it.
  const demos = given === 'auto' ? 0 : given;
  if (labelWords === 'given' && demos === 0) return;
  if (kind !== 'classification') {
    const message = `label words and demonstrations are for classification; ${name} is a ${kind} task`;
    throw refusal('E_CONFIG', message, labelWords === 'given' ? '--demos' : '--label-words', 'leave it out');
  }
  if (demos === 0) return;
  if (chat || template?.startsWith('{system}')) {
    const [why, also] = chat ? ['--chat', '--chat'] : ['{system}', '{system} in --template'];
    const message = `demonstrations are texts before a text; with ${why} each row is a conversation of its own`;
    throw refusal('E_CONFIG', message, '--demos', `leave --demos or ${also} out`);
  }
  const needed = rowsPerLabel(demos, labels.length);
  const counts = labels.map(({ name }, label) => {
    return { name, count: splits.train.filter((row) => row.label === label).length };
  });
  const [least] = counts.toSorted((a, b) => a.count - b.count);
  if (!least || least.count >= needed) return;
  const message =
    `${demos} demonstrations need ${needed} train rows of each label, half of them for the rows that are shown; ` +
    `${least.name} has ${least.count}`;
  throw refusal('E_DEMOS_ROWS', message, '--demos', 'fewer demonstrations, or more rows with --shots');
}

/**
 * Whether a target LM tells the answers among which label words are to be found.
 * @returns what to say of those that it does not tell
 * @throws RlpromptError `E_FOUND_WORDS`
 */
export function checkAnswerWords(
  { labelWords }: Pick<RunConfig, 'labelWords'>,
  { name, capabilities: { labelScores } }: Pick<LanguageModel, 'name' | 'capabilities'>,
): string[] {
  if (labelWords === 'given') return [];
  if (labelScores?.answerWords === undefined) {
    const message = `${name} does not return likely answers, so no label words can be found among them`;
    throw refusal('E_FOUND_WORDS', message, '--label-words', '--label-words given');
  }
  const { seenTokens } = labelScores;
  if (seenTokens === undefined) return [];
  return [
    `label words are looked for among the ${seenTokens} likeliest tokens that ${name} tells of each answer; a word beyond them counts as the least likely one`,
  ];
}

function refusal(code: ErrorCode, message: string, where: string, next: string): RlpromptError {
  return new RlpromptError({ code, exit: 'config', message, where, kept: 'nothing was started', next });
}
