import { giveWay } from '../../../../give-way.js';
import { chunksOf, groupBy } from '../../../../statistics/groups.js';
import { pick } from '../../../../statistics/pick.js';
import { zip } from '../../../../statistics/zip.js';
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
import { HiddenMemo } from '../../run/hidden-memo.js';
import { prefixKey } from '../../run/prefix-key.js';
import { columnLogits, firstToken, labelDivisor, logitsSuffice, rememberColumns } from '../shared/label-columns.js';
import { likelyWords } from '../shared/likely-words.js';
import type { VocabularyProjection } from '../shared/vocabulary-projection.js';
import type { CausalRows, PrefixedRow, RowChunk } from './causal-rows.js';

/** Rows that are tokenised in one go. */
const ROWS_TOGETHER = 16;

export interface CausalScoringParts {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly truncate?: TruncatedPart | undefined;
  readonly rows: CausalRows;
  headColumns(tokenIds: readonly number[]): Promise<HeadWeights>;
  projection(): Promise<VocabularyProjection>;
}

/** A label of which some tokens have been read: its place among all labels, its next token, and those after it. */
interface OpenLabel {
  readonly column: number;
  readonly token: number;
  readonly rest: readonly number[];
}

/** None where a label has no token left. */
function openLabel(column: number, [token, ...rest]: readonly number[]): OpenLabel[] {
  return token === undefined ? [] : [{ column, token, rest }];
}

/** One for each row of tokens that begins with one prefix. */
function rowKey({ tokens, prefix, shared }: PrefixedRow): string {
  return `${prefixKey(prefix)}:${shared}:${tokens.slice(shared).join(' ')}`;
}

/** Scores label words at the end of causal texts; only the label's columns of the output layer are computed. */
export class CausalLabelScores implements LabelScoresCapability {
  readonly #parts: CausalScoringParts;
  readonly #encoders: Readonly<Record<'plain' | 'raw', (text: string) => number[]>>;
  readonly #count = new TruncationCount();
  readonly #memo = new HiddenMemo();
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
    const { labels, normalise, signal, keepsStates = true, onDone } = request;
    const rows = await this.#plan(request);
    const scores = new Float32Array(rows.length * labels.length);
    const write = (row: number, values: Float32Array): void => {
      for (const [i, label] of labels.entries()) {
        scores[row * labels.length + i] = values[i]! / labelDivisor(label, normalise);
      }
      onDone?.();
    };
    if (logitsSuffice(labels, normalise)) {
      const head = await this.#headColumns(labels.map(firstToken));
      await this.#atLastTokens(rows, { signal, memo: keepsStates ? this.#memo : undefined }, (row, hidden) => {
        write(row, columnLogits(hidden, head, labels.length));
      });
      return scores;
    }
    for await (const chunk of this.#parts.rows.run(rows, { keepCache: true, signal })) {
      const values = await this.#logProbs(chunk, rows, labels);
      chunk.indices.forEach((row, i) => {
        write(row, values.subarray(i * labels.length, (i + 1) * labels.length));
      });
    }
    return scores;
  }

  async answerWords({ count, signal, onDone, ...request }: AnswerWordsRequest): Promise<AnswerWords> {
    const rows = await this.#plan({ ...request, labels: [] });
    const projection = await this.#parts.projection();
    const all = new Float32Array(rows.length * projection.hiddenSize);
    await this.#atLastTokens(rows, { signal, memo: this.#memo }, (row, hidden) => {
      all.set(hidden, row * projection.hiddenSize);
      onDone?.();
    });
    return await likelyWords(projection, all, { ...this.#parts, template: request.template, count });
  }

  /** Hands over each row's hidden state at its last token, [hiddenSize]; a state that is known needs no forward. */
  async #atLastTokens(
    rows: readonly PrefixedRow[],
    { signal, memo }: { readonly signal: AbortSignal | undefined; readonly memo: HiddenMemo | undefined },
    receive: (row: number, hidden: Float32Array) => void,
  ): Promise<void> {
    signal?.throwIfAborted();
    const missing: { row: number; key: string; tokens: PrefixedRow }[] = [];
    for (const [row, tokens] of rows.entries()) {
      const key = memo ? rowKey(tokens) : '';
      const known = memo?.get(key);
      if (known) receive(row, known);
      else missing.push({ row, key, tokens });
    }
    const unknown = missing.map(({ tokens }) => tokens);
    for await (const { indices, hidden } of this.#parts.rows.run(unknown, { signal })) {
      const size = hidden.length / indices.length;
      for (const [i, index] of indices.entries()) {
        const { row, key } = missing[index]!;
        const state = hidden.subarray(i * size, (i + 1) * size);
        // A copy: what the runtime gave would keep its memory from being used again.
        memo?.set(key, state.slice());
        receive(row, state);
      }
    }
  }

  async #plan(request: Omit<LabelScoreRequest, 'normalise'>): Promise<PrefixedRow[]> {
    const longest = Math.max(1, ...request.labels.map((label) => label.tokenIds.length));
    const limit = this.#parts.contextLength - (longest - 1);
    const { template, labels } = request;
    const encode = this.#encoders[template.isRaw ? 'raw' : 'plain'];
    const texts = labels.map((label) => label.text);
    const toSeam = encodeToSeam(encode, labelSeam(this.#parts.tokenizer, template, texts));
    const options = { template, limit, encode: toSeam, truncate: this.#parts.truncate };
    const prefixes = new Map<string, number[]>();
    const planned: PrefixedRow[] = [];
    for (const rows of chunksOf(request.rows, ROWS_TOGETHER)) {
      await giveWay();
      for (const row of labelRows({ ...request, rows }, options, this.#count))
        planned.push(this.#withPrefix(row, encode, prefixes));
    }
    return planned;
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

  /** Sums of token log-probabilities, [indices, labels]: each label's later tokens continue the row's cache. */
  async #logProbs(chunk: RowChunk, rows: readonly PrefixedRow[], labels: readonly LabelWord[]): Promise<Float32Array> {
    const projection = await this.#parts.projection();
    const count = chunk.indices.length;
    const sums = new Float32Array(count * labels.length);
    const add = async (hidden: Float32Array, columns: readonly OpenLabel[]) => {
      const ids = Array.from({ length: count }, () => columns.map(({ token }) => token));
      const values = await projection.logProbs(hidden, ids.flat());
      for (let row = 0; row < count; row++) {
        const own = values.subarray(row * columns.length, (row + 1) * columns.length);
        for (const [{ column }, value] of zip(columns, own)) sums[row * labels.length + column]! += value;
      }
    };
    const continueWith = async (
      before: readonly number[],
      columns: readonly OpenLabel[],
      state: RowChunk,
    ): Promise<void> => {
      await add(state.hidden, columns);
      for (const [token, members] of groupBy(columns, (open) => open.token)) {
        const longer = members.flatMap(({ column, rest }) => openLabel(column, rest));
        if (longer.length === 0) continue;
        await continueWith([...before, token], longer, await this.#append(state, rows, before, token));
      }
    };
    const all = labels.flatMap(({ tokenIds }, column) => openLabel(column, tokenIds));
    await continueWith([], all, chunk);
    return sums;
  }

  /** The rows of a chunk after one more label token; a graph without a cache runs the whole rows again. */
  async #append(
    chunk: RowChunk,
    rows: readonly PrefixedRow[],
    before: readonly number[],
    token: number,
  ): Promise<RowChunk> {
    const { past, padding } = chunk;
    const tokens = past
      ? chunk.indices.map(() => [token])
      : pick(rows, chunk.indices).map((row) => [...row.tokens, ...before, token]);
    return { ...chunk, ...(await this.#parts.rows.append(tokens, past, past ? padding : [], true)) };
  }
}
