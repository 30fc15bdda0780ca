import { zip } from '../../../statistics/zip.js';
import type { Template } from '../../../template/template.js';
import { type LabelRow, labelRows, type TruncatedPart, TruncationCount } from '../../model/label-rows.js';
import type { ModelFolder } from '../../model/model-folder.js';
import { fitTokenizer } from '../../model/tokenizer.js';
import type {
  AnswerWords,
  AnswerWordsRequest,
  HeadWeights,
  LabelScoreRequest,
  LabelScoresCapability,
  LabelWord,
  Tokenizer,
} from '../../model/types.js';
import { resolveLabelWords } from '../../model/verbalizer.js';
import { splitHead } from '../head/split-head.js';
import { HiddenMemo } from '../run/hidden-memo.js';
import { headCount, int8Notes, type LoadedModel, loadParts, type OnnxModelOptions } from '../run/model-parts.js';
import { createModelSession } from '../run/model-session.js';
import { rowLimits, rowsWithoutCache } from '../run/row-limits.js';
import { equalLengthBatches } from '../run/token-batches.js';
import { CausalBody } from './causal/causal-body.js';
import { requireFinite } from './causal/probe-causal.js';
import { columnLogits, firstToken, labelDivisor, rememberColumns } from './shared/label-columns.js';
import { likelyWords } from './shared/likely-words.js';
import { requireMask } from './shared/require-mask.js';
import { VocabularyProjection } from './shared/vocabulary-projection.js';

/** Loads a masked language model; its vocabulary projection is cut down to the label columns. */
export async function loadMaskedLm(name: string, folder: ModelFolder, options: OnnxModelOptions): Promise<LoadedModel> {
  const model = await splitHead(folder.onnxPath);
  const parts = await loadParts(name, folder, model.files);
  const { contextLength } = parts;
  const tokenizer = fitTokenizer(parts.tokenizer, model.vocabularySize, folder.path);
  const mask = requireMask(tokenizer, folder.path);
  const session = await createModelSession(model.source, model.files, options);
  const body = new CausalBody(session, model);
  requireFinite((await body.run({ tokens: [[mask]], keepCache: false })).hidden, folder.onnxPath);
  const limits = rowLimits(options, model.dynamicQuantised);
  const heads = headCount(folder);
  const rowsOf = (length: number) => rowsWithoutCache(limits, length, model.hiddenSize, heads);
  const { truncate } = options;
  let projection: Promise<VocabularyProjection> | undefined;
  const project = () => {
    projection ??= model.head().then((weights) => new VocabularyProjection(weights, model.hiddenSize, options));
    return projection;
  };
  const { headColumns } = model;
  const scoring = { tokenizer, contextLength, truncate, mask, body, rowsOf, headColumns, projection: project };
  return {
    name,
    digest: parts.digest,
    family: 'masked',
    dtype: folder.dtype,
    contextLength,
    tokenizer,
    notes: int8Notes(model.dynamicQuantised, options),
    capabilities: { labelScores: new MaskedLabelScores(scoring) },
    dispose: async () => {
      await (await projection)?.dispose();
      await session.dispose();
    },
  };
}

interface MaskedScoringParts {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly truncate?: TruncatedPart | undefined;
  /** Id of the mask token. */
  readonly mask: number;
  readonly body: CausalBody;
  /** How many rows of a length may run together. */
  rowsOf(length: number): number;
  headColumns(tokenIds: readonly number[]): Promise<HeadWeights>;
  projection(): Promise<VocabularyProjection>;
}

class MaskedLabelScores implements LabelScoresCapability {
  readonly #parts: MaskedScoringParts;
  readonly #count = new TruncationCount();
  readonly #memo = new HiddenMemo();
  readonly #headColumns: (tokenIds: readonly number[]) => Promise<HeadWeights>;

  constructor(parts: MaskedScoringParts) {
    this.#parts = parts;
    this.#headColumns = rememberColumns(parts.headColumns);
  }

  resolveLabels(template: Template, labels: readonly { label: string; word: string }[]): LabelWord[] {
    return resolveLabelWords(this.#parts.tokenizer, template, labels, { singleToken: true });
  }

  truncation(): { cut: number; total: number } {
    return { cut: this.#count.cut, total: this.#count.total };
  }

  async labelScores({ signal, keepsStates = true, onDone, ...request }: LabelScoreRequest): Promise<Float32Array> {
    const { labels, normalise } = request;
    const rows = this.#plan(request);
    const head = await this.#headColumns(labels.map(firstToken));
    const scores = new Float32Array(rows.length * labels.length);
    const memo = keepsStates ? this.#memo : undefined;
    await this.#atMasks(rows, { signal, memo }, (row, hidden) => {
      const logits = columnLogits(hidden, head, labels.length);
      const normalised = Array.from(zip(labels, logits), ([label, logit]) => logit / labelDivisor(label, normalise));
      scores.set(normalised, row * labels.length);
      onDone?.();
    });
    return scores;
  }

  async answerWords({ count, signal, onDone, ...request }: AnswerWordsRequest): Promise<AnswerWords> {
    const rows = this.#plan(request);
    const size = this.#parts.body.model.hiddenSize;
    const all = new Float32Array(rows.length * size);
    await this.#atMasks(rows, { signal, memo: this.#memo }, (row, hidden) => {
      all.set(hidden, row * size);
      onDone?.();
    });
    const { tokenizer, projection } = this.#parts;
    return await likelyWords(await projection(), all, { tokenizer, template: request.template, count });
  }

  /** Runs rows and hands over each one's hidden state at its mask, [hiddenSize]. */
  async #atMasks(
    rows: readonly LabelRow[],
    { signal, memo }: { readonly signal: AbortSignal | undefined; readonly memo: HiddenMemo | undefined },
    receive: (row: number, hidden: Float32Array) => void,
  ): Promise<void> {
    signal?.throwIfAborted();
    const missing: { row: number; key: string; length: number; tokens: readonly number[]; at: number }[] = [];
    for (const [row, labelRow] of rows.entries()) {
      const { tokens } = labelRow;
      const at = this.#maskPosition(labelRow);
      const key = memo ? `${at}:${tokens.join(' ')}` : '';
      const known = memo?.get(key);
      if (known) receive(row, known);
      else missing.push({ row, key, length: tokens.length, tokens, at });
    }
    const size = this.#parts.body.model.hiddenSize;
    for (const batch of equalLengthBatches(missing, this.#parts.rowsOf)) {
      signal?.throwIfAborted();
      const { hidden } = await this.#parts.body.run({
        tokens: batch.map(([, { tokens }]) => tokens),
        keepCache: false,
      });
      for (const [i, [, { row, key, length, at }]] of batch.entries()) {
        const start = (i * length + at) * size;
        const state = hidden.subarray(start, start + size);
        // A copy: the states of all positions are not to be kept with it.
        memo?.set(key, state.slice());
        receive(row, state);
      }
    }
  }

  #plan(request: Pick<LabelScoreRequest, 'template' | 'rows' | 'prompts' | 'inputs'>): LabelRow[] {
    const { tokenizer, contextLength, mask, truncate } = this.#parts;
    const encode = (text: string) => tokenizer.encode(text, { special: true });
    const { template } = request;
    const options = { template, limit: contextLength, encode, maskText: tokenizer.piece(mask), truncate };
    return labelRows(request, options, this.#count);
  }

  /** Where the template's mask stands; a text may hold the mask token's name too. */
  #maskPosition({ tokens, segments }: LabelRow): number {
    const { tokenizer, mask } = this.#parts;
    const before = segments.slice(
      0,
      segments.findIndex((segment) => segment.kind === 'mask'),
    );
    const isMask = (id: number) => id === mask;
    const earlier = tokenizer.encode(before.map((segment) => segment.text).join('')).filter(isMask).length;
    const [position] = tokens.flatMap((id, at) => (isMask(id) ? [at] : [])).slice(earlier);
    if (position === undefined) throw new RangeError('the row has lost its mask');
    return position;
  }
}
