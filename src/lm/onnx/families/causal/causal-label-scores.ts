import type { Template } from '../../../../template/template.js';
import {
  commonLength,
  type LabelRow,
  labelRows,
  openEncoder,
  sharedText,
  type TruncatedPart,
  TruncationCount,
} from '../../../model/label-rows.js';
import { encodeToSeam, labelSeam } from '../../../model/label-seam.js';
import type {
  AnswerWords,
  AnswerWordsRequest,
  HeadWeights,
  LabelScoreRequest,
  LabelScoresCapability,
  LabelWord,
  Tokenizer,
} from '../../../model/types.js';
import { resolveLabelWords } from '../../../model/verbalizer.js';
import { groupBy } from '../../run/batches.js';
import { columnLogits, labelDivisor, logitsSuffice, rememberColumns } from '../shared/label-columns.js';
import { likelyWords } from '../shared/likely-words.js';
import type { VocabularyProjection } from '../shared/vocabulary-projection.js';
import type { CausalRows, PrefixedRow, RowChunk } from './causal-rows.js';

export interface CausalScoringParts {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly truncate?: TruncatedPart | undefined;
  readonly rows: CausalRows;
  headColumns(tokenIds: readonly number[]): Promise<HeadWeights>;
  projection(): Promise<VocabularyProjection>;
}

/** Scores label words at the end of causal texts; only the label's columns of the output layer are computed. */
export class CausalLabelScores implements LabelScoresCapability {
  readonly #parts: CausalScoringParts;
  readonly #encoders: Readonly<Record<'plain' | 'raw', (text: string) => number[]>>;
  readonly #count = new TruncationCount();
  readonly #headColumns: (tokenIds: readonly number[]) => Promise<HeadWeights>;

  constructor(parts: CausalScoringParts) {
    this.#parts = parts;
    const { tokenizer } = parts;
    this.#encoders = { plain: openEncoder(tokenizer), raw: openEncoder(tokenizer, true) };
    this.#headColumns = rememberColumns(parts.headColumns);
  }

  resolveLabels(template: Template, labels: readonly { label: string; word: string }[]): LabelWord[] {
    return resolveLabelWords(this.#parts.tokenizer, template, labels, { singleToken: false });
  }

  truncation(): { cut: number; total: number } {
    return { cut: this.#count.cut, total: this.#count.total };
  }

  async labelScores(request: LabelScoreRequest): Promise<Float32Array> {
    const { labels, normalise, signal } = request;
    const rows = this.#plan(request);
    const scores = new Float32Array(rows.length * labels.length);
    const isSimple = logitsSuffice(labels, normalise);
    for await (const chunk of this.#parts.rows.run(rows, { keepCache: !isSimple, signal })) {
      const values = isSimple ? await this.#logits(chunk, labels) : await this.#logProbs(chunk, rows, labels);
      chunk.indices.forEach((row, i) => {
        labels.forEach((label, column) => {
          const value = values[i * labels.length + column]! / labelDivisor(label, normalise);
          scores[row * labels.length + column] = value;
        });
      });
    }
    return scores;
  }

  async answerWords({ count, signal, ...request }: AnswerWordsRequest): Promise<AnswerWords> {
    const rows = this.#plan({ ...request, labels: [] });
    const projection = await this.#parts.projection();
    let hidden = new Float32Array(0);
    for await (const chunk of this.#parts.rows.run(rows, { signal })) {
      const size = chunk.hidden.length / chunk.indices.length;
      if (hidden.length === 0) hidden = new Float32Array(rows.length * size);
      chunk.indices.forEach((row, i) => {
        hidden.set(chunk.hidden.subarray(i * size, (i + 1) * size), row * size);
      });
    }
    return await likelyWords(projection, hidden, { ...this.#parts, template: request.template, count });
  }

  #plan(request: Omit<LabelScoreRequest, 'normalise'>): PrefixedRow[] {
    const longest = Math.max(1, ...request.labels.map((label) => label.tokenIds.length));
    const limit = this.#parts.contextLength - (longest - 1);
    const { template, labels } = request;
    const encode = this.#encoders[template.isRaw ? 'raw' : 'plain'];
    const texts = labels.map((label) => label.text);
    const toSeam = encodeToSeam(encode, labelSeam(this.#parts.tokenizer, template, texts));
    const options = { template, limit, encode: toSeam, truncate: this.#parts.truncate };
    const prefixes = new Map<string, number[]>();
    return labelRows(request, options, this.#count).map((row) => this.#withPrefix(row, encode, prefixes));
  }

  #withPrefix(
    { tokens, segments }: LabelRow,
    encode: (text: string) => number[],
    prefixes: Map<string, number[]>,
  ): PrefixedRow {
    const text = sharedText(segments);
    let prefix = prefixes.get(text);
    if (!prefix) {
      prefix = encode(text).slice(0, this.#parts.contextLength);
      prefixes.set(text, prefix);
    }
    return { tokens, prefix, shared: Math.min(commonLength(tokens, prefix), tokens.length - 1) };
  }

  async #logits({ hidden }: RowChunk, labels: readonly LabelWord[]): Promise<Float32Array> {
    const ids = labels.map((label) => label.tokenIds[0]!);
    return columnLogits(hidden, await this.#headColumns(ids), ids.length);
  }

  /** Sums of token log-probabilities, [indices, labels]: each label's later tokens continue the row's cache. */
  async #logProbs(chunk: RowChunk, rows: readonly PrefixedRow[], labels: readonly LabelWord[]): Promise<Float32Array> {
    const projection = await this.#parts.projection();
    const count = chunk.indices.length;
    const sums = new Float32Array(count * labels.length);
    const add = async (hidden: Float32Array, position: number, columns: readonly number[]) => {
      const ids = Array.from({ length: count }, () => columns.map((column) => labels[column]!.tokenIds[position]!));
      const values = await projection.logProbs(hidden, ids.flat());
      for (let row = 0; row < count; row++) {
        columns.forEach((column, i) => {
          sums[row * labels.length + column]! += values[row * columns.length + i]!;
        });
      }
    };
    const continueWith = async (
      before: readonly number[],
      columns: readonly number[],
      state: RowChunk,
    ): Promise<void> => {
      await add(state.hidden, before.length, columns);
      const byToken = groupBy(columns, (column) => labels[column]!.tokenIds[before.length]!);
      for (const [token, members] of byToken) {
        const longer = members.filter((column) => labels[column]!.tokenIds.length > before.length + 1);
        if (longer.length === 0) continue;
        const next = [...before, token];
        await continueWith(next, longer, await this.#append(state, rows, next));
      }
    };
    await continueWith(
      [],
      labels.map((_, column) => column),
      chunk,
    );
    return sums;
  }

  /** The rows of a chunk after one more label token; a graph without a cache runs the whole rows again. */
  async #append(chunk: RowChunk, rows: readonly PrefixedRow[], label: readonly number[]): Promise<RowChunk> {
    const { past, padding } = chunk;
    const tokens = past
      ? chunk.indices.map(() => [label.at(-1)!])
      : chunk.indices.map((i) => [...rows[i]!.tokens, ...label]);
    return { ...chunk, ...(await this.#parts.rows.append(tokens, past, past ? padding : [], true)) };
  }
}
