import { RlpromptError } from '../../errors.js';
import { openEncoder, type TruncatedPart } from '../../lm/model/label-rows.js';
import type { LanguageModel } from '../../lm/model/types.js';
import type { Task } from '../../task/types.js';
import { renderTemplate } from '../../template/render-template.js';
import type { Template } from '../../template/template.js';

/** With more of the inputs cut than this, a score says little about the task. */
const MOST_CUT = 0.5;

export interface InputLengthParts {
  readonly task: Pick<Task, 'splits' | 'labels'>;
  readonly targetLm: LanguageModel;
  readonly template: Template;
  readonly settings: { readonly truncate?: TruncatedPart | undefined; readonly promptLength: number };
}

/** Tokens of each input in its place in the template, with room for a prompt and a label word. */
export interface InputLengths {
  readonly tokens: readonly number[];
  readonly contextLength: number;
}

/** How long the inputs are for the target LM; undefined for a service, which does not say what it reads. */
export function measureInputs(texts: readonly string[], parts: InputLengthParts): InputLengths | undefined {
  const { targetLm, template, task, settings } = parts;
  const { tokenizer, contextLength } = targetLm;
  const scorer = targetLm.capabilities.labelScores;
  if (tokenizer === undefined || scorer === undefined || targetLm.family === 'endpoint') return undefined;
  const encode = openEncoder(tokenizer, template.isRaw);
  const words = task.labels.map(({ name, word }) => ({ label: name, word }));
  const labels = scorer.resolveLabels(template, words);
  const room = settings.promptLength + Math.max(...labels.map(({ tokenIds }) => tokenIds.length)) - 1;
  const mask = tokenizer.maskTokenId === undefined ? {} : { mask: tokenizer.piece(tokenizer.maskTokenId) };
  const lengths = texts.map((text) => encode(renderTemplate(template, { input: text, prompt: '', ...mask })).length);
  return { tokens: lengths.map((length) => length + room), contextLength };
}

/**
 * Warns of inputs that the target LM cannot read whole.
 *
 * @throws RlpromptError `E_INPUT_TOO_LONG` where most are, unless it was said what they are to lose
 */
export function checkInputLengths(parts: InputLengthParts): string[] {
  const { task, targetLm, settings } = parts;
  const texts = [...new Set(Object.values(task.splits).flatMap((rows) => rows.map(({ text }) => text)))];
  // A token has a byte at least, so texts that are short in bytes need not be counted in tokens.
  const near = texts.filter((text) => Buffer.byteLength(text) > targetLm.contextLength / 2);
  const lengths = near.length === 0 ? undefined : measureInputs(near, parts);
  if (lengths === undefined) return [];
  const cut = lengths.tokens.filter((length) => length > lengths.contextLength).length;
  if (cut === 0) return [];
  const share = `${cut} of ${texts.length} inputs`;
  const what = `longer than the ${lengths.contextLength} tokens that ${targetLm.name} reads`;
  if (cut > MOST_CUT * texts.length && settings.truncate === undefined) {
    throw new RlpromptError({
      code: 'E_INPUT_TOO_LONG',
      exit: 'data',
      message: `${share} are ${what}`,
      kept: 'nothing was scored',
      next: 'shorten them, take a target LM that reads more, or say what they lose with --truncate head|tail|middle',
    });
  }
  return [`${share} are ${what}: each loses its ${settings.truncate ?? 'tail'} (--truncate head|tail|middle)`];
}
