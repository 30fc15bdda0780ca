import { RlpromptError } from '../../errors.js';
import { labelText } from '../../template/label-text.js';
import type { Template } from '../../template/template.js';
import type { LabelWord, Tokenizer } from './types.js';

/**
 * Tokenises label words as a template's answer: with a leading space where the template calls for one. Words that
 * cannot be told apart or cannot be scored are refused, each with its tokens shown.
 *
 * @param options.singleToken refuses words of several tokens: a mask stands for one
 */
export function resolveLabelWords(
  tokenizer: Tokenizer,
  template: Template,
  labels: readonly { label: string; word: string }[],
  options: { singleToken: boolean },
): LabelWord[] {
  if (labels.length < 2) {
    throw verbalizerError('E_VERBALIZER_COUNT', `${labels.length} label words are given, at least two are needed`);
  }
  const words = labels.map(({ label, word }) => resolveWord(tokenizer, template, label, word));
  if (options.singleToken) for (const word of words) requireOneToken(tokenizer, word);
  requireDistinct(tokenizer, words);
  return words;
}

function resolveWord(tokenizer: Tokenizer, template: Template, label: string, given: string): LabelWord {
  const word = given.trim();
  if (word === '') throw verbalizerError('E_VERBALIZER_EMPTY', `the label ${JSON.stringify(label)} has an empty word`);
  const text = labelText(template, word);
  const tokenIds = continuationTokens(tokenizer, text);
  const special = tokenIds.find((id) => tokenizer.specialTokenIds.has(id));
  if (special !== undefined) {
    throw verbalizerError(
      'E_VERBALIZER_SPECIAL',
      `the word ${JSON.stringify(word)} of label ${JSON.stringify(label)} holds ${tokenizer.piece(special)}, which is a ` +
        'special token or stands for text unknown to the tokenizer',
    );
  }
  return { label, word, text, tokenIds, wordCount: word.split(/\s+/).length };
}

/**
 * The tokens of a text that continues another one. Some tokenizers put a space of their own before a text's first
 * word; behind an anchor they do not.
 */
export function continuationTokens(tokenizer: Tokenizer, text: string): number[] {
  const anchor = text.startsWith(' ') ? 'It' : '"';
  const before = tokenizer.encode(anchor);
  const both = tokenizer.encode(anchor + text);
  const isKept = before.length > 0 && before.every((id, i) => both[i] === id);
  return isKept ? both.slice(before.length) : tokenizer.encode(text);
}

function requireOneToken(tokenizer: Tokenizer, { label, word, tokenIds }: LabelWord): void {
  if (tokenIds.length === 1) return;
  throw verbalizerError(
    'E_VERBALIZER_TOKENS',
    `the word ${JSON.stringify(word)} of label ${JSON.stringify(label)} is ${tokenIds.length} tokens ` +
      `(${showTokens(tokenizer, tokenIds)}), but a mask stands for one`,
    'choose a word that is one token, or a causal target LM, which scores words of several tokens',
  );
}

function requireDistinct(tokenizer: Tokenizer, words: readonly LabelWord[]): void {
  const seen = new Map<string, LabelWord>();
  for (const word of words) {
    const twin = seen.get(word.tokenIds.join(' '));
    if (twin) {
      throw verbalizerError(
        'E_VERBALIZER_SAME',
        `the labels ${JSON.stringify(twin.label)} and ${JSON.stringify(word.label)} have the same tokens ` +
          `(${showTokens(tokenizer, word.tokenIds)}), so they cannot be told apart`,
      );
    }
    seen.set(word.tokenIds.join(' '), word);
  }
}

function showTokens(tokenizer: Tokenizer, tokenIds: readonly number[]): string {
  return tokenIds.map((id) => `${tokenizer.piece(id)}=${id}`).join(', ');
}

function verbalizerError(code: `E_VERBALIZER_${string}`, message: string, next?: string): RlpromptError {
  return new RlpromptError({
    code,
    exit: 'config',
    message,
    where: '--verbalizer',
    next: next ?? 'give each label a word of its own, for instance --verbalizer negative=terrible,positive=great',
  });
}
