import { labelText } from '../../../../template/label-text.js';
import type { Template } from '../../../../template/template.js';
import { continuationTokens, labelSeam } from '../../../model/label-seam.js';
import type { AnswerWords, Tokenizer } from '../../../model/types.js';
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
  const tokensOf = template.hasMask
    ? (text: string) => continuationTokens(tokenizer, text)
    : labelSeam(tokenizer, template).tokens;
  const { words, ids } = rankWords(means, {
    tokenizer,
    count,
    tokensOf: (word) => tokensOf(labelText(template, word)),
  });
  return { words, logProbs: await logProbsOf(projection, hidden, ids) };
}

interface RankedWords {
  readonly tokenizer: Tokenizer;
  readonly count: number;
  /** How a word is written as an answer. */
  tokensOf(word: string): readonly number[];
}

/** The words of the tokens with the largest of some values, [vocabulary], and their tokens; the largest first. */
export function rankWords(
  values: Float64Array,
  { tokenizer, count, tokensOf }: RankedWords,
): { words: string[]; ids: number[] } {
  const ranked = [...values.keys()]
    .filter((id) => id < tokenizer.vocabularySize)
    .sort((a, b) => values[b]! - values[a]!);
  const words: string[] = [];
  const ids: number[] = [];
  for (const id of ranked) {
    if (words.length === count) break;
    const word = wordOf(id, tokenizer, tokensOf);
    if (word === undefined) continue;
    words.push(word);
    ids.push(id);
  }
  return { words, ids };
}

/** Rows whose words are looked up together: a list of token ids per row would take more memory than the answer. */
const ROWS_TOGETHER = 32;

/** log p of the same tokens after each row, [rows, ids]. */
async function logProbsOf(
  projection: VocabularyProjection,
  hidden: Float32Array,
  ids: readonly number[],
): Promise<Float32Array> {
  const { hiddenSize } = projection;
  const rows = ids.length === 0 ? 0 : hidden.length / hiddenSize;
  const logProbs = new Float32Array(rows * ids.length);
  for (let row = 0; row < rows; row += ROWS_TOGETHER) {
    const some = hidden.subarray(row * hiddenSize, (row + ROWS_TOGETHER) * hiddenSize);
    const wanted = Array.from({ length: some.length / hiddenSize }, () => ids).flat();
    logProbs.set(await projection.logProbs(some, wanted), row * ids.length);
  }
  return logProbs;
}

/** The word that a token is by itself; undefined where it is a part of one, a mark, or written in several tokens. */
function wordOf(id: number, tokenizer: Tokenizer, tokensOf: RankedWords['tokensOf']): string | undefined {
  if (tokenizer.specialTokenIds.has(id)) return undefined;
  const word = tokenizer.decode([id]).trim();
  if (!WORD.test(word)) return undefined;
  const spelled = tokensOf(word);
  return spelled.length === 1 && spelled[0] === id ? word : undefined;
}
