import { labelText } from '../../../template/label-text.js';
import type { Template } from '../../../template/template.js';
import { continuationTokens, labelSeam } from '../../model/label-seam.js';
import type { AnswerWords, Tokenizer } from '../../model/types.js';
import type { VocabularyProjection } from './vocabulary-projection.js';

const WORD = /^\p{L}{2,}$/u;

interface WordsRequest {
  readonly tokenizer: Tokenizer;
  readonly template: Template;
  readonly count: number;
}

/**
 * The whole words that stand for one token each and have the largest mean log-probability over some positions: letters
 * only, as the template would have them written, so that people can read them and anybody can score them by their text.
 *
 * @param hidden at the label positions, [rows, hiddenSize]
 */
export async function likelyWords(
  projection: VocabularyProjection,
  hidden: Float32Array,
  { tokenizer, template, count }: WordsRequest,
): Promise<AnswerWords> {
  const means = await projection.meanLogProbs(hidden);
  const ranked = [...means.keys()].filter((id) => id < tokenizer.vocabularySize).sort((a, b) => means[b]! - means[a]!);
  const tokensOf = template.hasMask
    ? (text: string) => continuationTokens(tokenizer, text)
    : labelSeam(tokenizer, template).tokens;
  const words: string[] = [];
  const ids: number[] = [];
  for (const id of ranked) {
    if (words.length === count) break;
    const word = wordOf(id, tokenizer, (word) => tokensOf(labelText(template, word)));
    if (word === undefined) continue;
    words.push(word);
    ids.push(id);
  }
  const rows = words.length === 0 ? 0 : hidden.length / projection.hiddenSize;
  const tokenIds = Array.from({ length: rows }, () => ids).flat();
  return { words, logProbs: words.length === 0 ? new Float32Array(0) : await projection.logProbs(hidden, tokenIds) };
}

/** The word that a token is by itself; undefined where it is a part of one, a mark, or written in several tokens. */
function wordOf(id: number, tokenizer: Tokenizer, tokensOf: (word: string) => number[]): string | undefined {
  if (tokenizer.specialTokenIds.has(id)) return undefined;
  const word = tokenizer.decode([id]).trim();
  if (!WORD.test(word)) return undefined;
  const spelled = tokensOf(word);
  return spelled.length === 1 && spelled[0] === id ? word : undefined;
}
