import type { Template } from '../../template/template.js';
import { labelRows, type TruncatedPart, TruncationCount } from '../model/label-rows.js';
import type {
  AnswerWords,
  AnswerWordsRequest,
  LabelScoreRequest,
  LabelScoresCapability,
  LabelWord,
  Tokenizer,
} from '../model/types.js';
import { resolveLabelWords } from '../model/verbalizer.js';
import { labelDivisor } from '../onnx/families/shared/label-columns.js';
import { rankWords } from '../onnx/families/shared/likely-words.js';
import { equalLengthBatches } from '../onnx/run/token-batches.js';
import type { DecoderStep, EncoderDecoder } from './encoder-decoder.js';

export interface EncoderDecoderParts {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly truncate?: TruncatedPart | undefined;
  readonly model: EncoderDecoder;
  /** Tokens that the decoder is given before an answer. */
  readonly start: readonly number[];
  /** How many rows of a length may run together. */
  rowsOf(length: number): number;
}

/** Scores label words as the whole answer to a text: log p of their tokens, the end mark not counted. */
export class EncoderDecoderLabelScores implements LabelScoresCapability {
  readonly #count = new TruncationCount();

  constructor(private readonly parts: EncoderDecoderParts) {}

  resolveLabels(template: Template, labels: readonly { label: string; word: string }[]): LabelWord[] {
    const { tokenizer } = this.parts;
    const spell = (word: string) => ({ text: word, tokenIds: tokenizer.encode(word) });
    return resolveLabelWords(tokenizer, template, labels, { singleToken: false, spell });
  }

  truncation(): { cut: number; total: number } {
    return { cut: this.#count.cut, total: this.#count.total };
  }

  async labelScores({ signal, ...request }: LabelScoreRequest): Promise<Float32Array> {
    const { labels, normalise } = request;
    const tokens = this.#plan(request);
    const scores = new Float32Array(tokens.length * labels.length);
    const answers = sharedAnswers(labels);
    await this.#run(tokens, answers, signal, (row, logProb, { columns }) => {
      for (const column of columns) {
        const label = labels[column]!;
        const sum = label.tokenIds.reduce((total, id, position) => total + logProb(position, id), 0);
        scores[row * labels.length + column] = sum / labelDivisor(label, normalise);
      }
    });
    return scores;
  }

  /** Two passes: the log-probabilities of a whole vocabulary after every row would take too much memory. */
  async answerWords({ count, signal, ...request }: AnswerWordsRequest): Promise<AnswerWords> {
    const { tokenizer } = this.parts;
    const tokens = this.#plan(request);
    const first = [{ given: [], columns: [] }];
    const means = new Float64Array(tokenizer.vocabularySize);
    await this.#run(tokens, first, signal, (_, logProb) => {
      for (let id = 0; id < means.length; id++) means[id]! += logProb(0, id) / tokens.length;
    });
    const { words, ids } = rankWords(means, { tokenizer, count, tokensOf: (word) => tokenizer.encode(word) });
    const logProbs = new Float32Array(tokens.length * ids.length);
    await this.#run(tokens, first, signal, (row, logProb) => {
      logProbs.set(
        ids.map((id) => logProb(0, id)),
        row * ids.length,
      );
    });
    return { words, logProbs };
  }

  #plan(request: Pick<LabelScoreRequest, 'template' | 'rows' | 'prompts' | 'inputs'>): (readonly number[])[] {
    const { tokenizer, contextLength, truncate } = this.parts;
    const { template } = request;
    const encode = (text: string) => tokenizer.encode(text, { special: !template.isRaw });
    const rows = labelRows(request, { template, limit: contextLength, encode, truncate }, this.#count);
    return rows.map((row) => row.tokens);
  }

  /** Runs texts, and after each of them every beginning of an answer. */
  async #run(
    tokens: readonly (readonly number[])[],
    answers: readonly SharedAnswer[],
    signal: AbortSignal | undefined,
    receive: (row: number, logProb: LogProb, answer: SharedAnswer) => void,
  ): Promise<void> {
    const { model, start, rowsOf } = this.parts;
    for (const batch of equalLengthBatches(tokens, rowsOf)) {
      signal?.throwIfAborted();
      const texts = await model.encode(batch.map(([, row]) => row));
      for (const answer of answers) {
        const step = await model.decode(
          texts,
          batch.map(() => [...start, ...answer.given]),
        );
        const positions = start.length + answer.given.length;
        batch.forEach(([row], i) => {
          receive(row, logProbAfter(step, i * positions + start.length - 1), answer);
        });
      }
    }
  }
}

/** log p of a token as the one at a position of the answer, counted from 0. */
type LogProb = (position: number, id: number) => number;

function logProbAfter({ logits, width }: DecoderStep, first: number): LogProb {
  const sums = new Map<number, number>();
  return (position, id) => {
    const row = logits.subarray((first + position) * width, (first + position + 1) * width);
    const sum = sums.get(position) ?? logSumExp(row);
    sums.set(position, sum);
    return row[id]! - sum;
  };
}

/** Labels that one run of the decoder scores: all tokens but the last of each begin what it is given. */
interface SharedAnswer {
  readonly given: readonly number[];
  readonly columns: number[];
}

function sharedAnswers(labels: readonly LabelWord[]): SharedAnswer[] {
  const longestFirst = [...labels.keys()].sort((a, b) => labels[b]!.tokenIds.length - labels[a]!.tokenIds.length);
  const answers: SharedAnswer[] = [];
  for (const column of longestFirst) {
    const before = labels[column]!.tokenIds.slice(0, -1);
    const shared = answers.find(({ given }) => before.every((id, i) => given[i] === id));
    if (shared) shared.columns.push(column);
    else answers.push({ given: before, columns: [column] });
  }
  return answers;
}

function logSumExp(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
