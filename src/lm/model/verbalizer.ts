import { type ErrorCode, RlpromptError } from '../../errors.js';
import { labelText } from '../../template/label-text.js';
import type { Template } from '../../template/template.js';
import { continuationTokens, labelSeam } from './label-seam.js';
import type { LabelWord, Tokenizer } from './types.js';

/** A label word as it is scored. */
export type SpellWord = (word: string) => { readonly text: string; readonly tokenIds: readonly number[] };

/**
 * Tokenises label words as a template's answer: with a leading space where the template calls for one. Words that
 * cannot be told apart or cannot be scored are refused, each with its tokens shown.
 *
 * @param options.singleToken refuses words of several tokens: a mask stands for one
 * @param options.spell how a model writes a word that does not continue the text
 */
export function resolveLabelWords(
  tokenizer: Tokenizer,
  template: Template,
  labels: readonly { label: string; word: string }[],
  options: { singleToken: boolean; spell?: SpellWord },
): LabelWord[] {
  if (labels.length < 2) {
    throw verbalizerError('E_VERBALIZER_COUNT', `${labels.length} label words are given, at least two are needed`);
  }
  const given = labels.map(({ label, word }) => ({ label, word: word.trim() }));
  const empty = given.find(({ word }) => word === '');
  if (empty) {
    throw verbalizerError('E_VERBALIZER_EMPTY', `the label ${JSON.stringify(empty.label)} has an empty word`);
  }
  const spell = options.spell ?? spelling(tokenizer, template, given);
  const words = given.map((word) => resolveWord(tokenizer, word, spell));
  if (options.singleToken) for (const word of words) requireOneToken(tokenizer, word);
  requireDistinct(tokenizer, words);
  return words;
}

/** How words become tokens: after the seam of a causal template, or in the place of a mask. */
function spelling(tokenizer: Tokenizer, template: Template, words: readonly { readonly word: string }[]): SpellWord {
  const textOf = (word: string) => labelText(template, word);
  const tokensOf = template.hasMask
    ? (text: string) => continuationTokens(tokenizer, text)
    : labelSeam(
        tokenizer,
        template,
        words.map(({ word }) => textOf(word)),
      ).tokens;
  return (word) => ({ text: textOf(word), tokenIds: tokensOf(textOf(word)) });
}

function resolveWord(
  tokenizer: Tokenizer,
  { label, word }: { readonly label: string; readonly word: string },
  spell: SpellWord,
): LabelWord {
  const { text, tokenIds } = spell(word);
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

function verbalizerError(code: ErrorCode & `E_VERBALIZER_${string}`, message: string, next?: string): RlpromptError {
  return new RlpromptError({
    code,
    exit: 'config',
    message,
    where: '--verbalizer',
    next: next ?? 'give each label a different word, for instance --verbalizer negative=terrible,positive=great',
  });
}
