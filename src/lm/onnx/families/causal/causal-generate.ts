import { gatherRows } from '../../../../statistics/gather-rows.js';
import { chunksOf } from '../../../../statistics/groups.js';
import { pick } from '../../../../statistics/pick.js';
import { zip } from '../../../../statistics/zip.js';
import {
  createDrafts,
  type Draft,
  extendDraft,
  isOpen,
  isWritable,
  noRoom,
  toGenerations,
} from '../../../model/drafts.js';
import { openEncoder } from '../../../model/label-rows.js';
import { type RankedToken, sampleToken } from '../../../model/sample-token.js';
import type {
  GenerateCapability,
  GenerateRequest,
  Generation,
  LikelihoodCapability,
  Tokenizer,
} from '../../../model/types.js';
import { gatherKv, type KvBlock, rowsOfBlock } from '../../run/kv-block.js';
import { equalLengthBatches } from '../../run/token-batches.js';
import type { VocabularyProjection } from '../shared/vocabulary-projection.js';
import type { CausalBody } from './causal-body.js';
import type { CausalRows } from './causal-rows.js';

export interface CausalGenerationParts {
  readonly tokenizer: Tokenizer;
  readonly contextLength: number;
  readonly body: CausalBody;
  readonly rows: CausalRows;
  projection(): Promise<VocabularyProjection>;
}

/** A draft with the tokens that it continues. */
interface PrefixedDraft extends Draft {
  readonly before: readonly number[];
}

/** Rows after their last token. */
interface DraftState {
  readonly drafts: readonly PrefixedDraft[];
  readonly hidden: Float32Array;
  readonly past: KvBlock | undefined;
}

/** Samples that are written at once. */
const DRAFTS_PER_CALL = 256;

/** Continues texts: each prefix is computed once for all its samples, and every token after it once. */
export class CausalGenerate implements GenerateCapability, LikelihoodCapability {
  readonly #parts: CausalGenerationParts;
  readonly #encode: (text: string) => number[];

  constructor(parts: CausalGenerationParts) {
    this.#parts = parts;
    this.#encode = openEncoder(parts.tokenizer);
  }

  async generate(request: GenerateRequest): Promise<Generation[][]> {
    const encode = request.isRaw ? openEncoder(this.#parts.tokenizer, true) : this.#encode;
    const prefixes = request.prefixes.map((text) => encode(text));
    const drafts = this.#drafts(request, prefixes);
    const prefixesPerCall = Math.max(1, Math.floor(DRAFTS_PER_CALL / request.samplesPerPrefix));
    for (const batch of equalLengthBatches(prefixes, (length) => this.#parts.rows.rowsOf(length))) {
      for (const chunk of chunksOf(batch, prefixesPerCall)) {
        const start = await this.#parts.rows.appendAll(
          chunk.map(([, prefix]) => prefix),
          undefined,
        );
        const ofChunk = pick(
          drafts,
          chunk.map(([i]) => i),
        );
        await this.#write(await this.#spread(start, ofChunk), request);
      }
    }
    return toGenerations(drafts);
  }

  /** log p of each text's tokens after the first; a text longer than the context is scored as far as it reaches. */
  async textLogProbs(texts: readonly string[]): Promise<{ logProb: number; tokenCount: number }[]> {
    const rows = texts.map((text) => this.#encode(text).slice(0, this.#parts.contextLength));
    const sums = new Float64Array(rows.length);
    const projection = await this.#parts.projection();
    const size = this.#parts.body.model.hiddenSize;
    for (const batch of equalLengthBatches(rows, (length) => this.#parts.rows.rowsOf(length))) {
      const { hidden } = await this.#parts.body.run({ tokens: batch.map(([, tokens]) => tokens), keepCache: false });
      for (const [i, [row, tokens]] of batch.entries()) {
        const start = i * tokens.length * size;
        const before = hidden.subarray(start, start + (tokens.length - 1) * size);
        if (tokens.length < 2) continue;
        const logProbs = await projection.logProbs(before, tokens.slice(1));
        sums[row] = logProbs.reduce((sum, value) => sum + value, 0);
      }
    }
    return Array.from(zip(rows, sums), ([row, logProb]) => ({ logProb, tokenCount: row.length - 1 }));
  }

  #drafts(request: GenerateRequest, prefixes: readonly (readonly number[])[]): PrefixedDraft[][] {
    const { contextLength } = this.#parts;
    const rooms = Array.from(zip(request.prefixes, prefixes), ([text, { length }]) => {
      if (length >= contextLength) throw noRoom(text, length, contextLength);
      return contextLength - length;
    });
    const drafts = createDrafts(request, (prefix) => rooms[prefix] ?? 0);
    return Array.from(zip(drafts, prefixes), ([samples, before]) => samples.map((draft) => ({ ...draft, before })));
  }

  async #spread(
    start: { hidden: Float32Array; past: KvBlock | undefined },
    drafts: readonly (readonly PrefixedDraft[])[],
  ): Promise<DraftState> {
    const sources = drafts.flatMap((samples, row) => samples.map(() => row));
    return { drafts: drafts.flat(), ...(await this.#pick(start, sources)) };
  }

  async #pick({ hidden, past }: { hidden: Float32Array; past: KvBlock | undefined }, sources: readonly number[]) {
    const { hiddenSize } = this.#parts.body.model;
    return {
      hidden: gatherRows(hidden, sources, hiddenSize),
      past: past && (await gatherKv(rowsOfBlock(past, sources), past.positions)),
    };
  }

  async #write(start: DraftState, request: GenerateRequest): Promise<void> {
    let state = start;
    while (state.drafts.length > 0) {
      request.signal?.throwIfAborted();
      await this.#sample(state, request);
      const open = [...state.drafts.entries()].filter(([, draft]) => isOpen(draft));
      if (open.length === 0) return;
      const drafts = open.map(([, draft]) => draft);
      const rows = open.map(([row]) => row);
      const rest = rows.length === state.drafts.length ? state : { drafts, ...(await this.#pick(state, rows)) };
      const tokens = rest.past
        ? drafts.map((draft) => draft.tokens.slice(-1))
        : drafts.map((draft) => [...draft.before, ...draft.tokens]);
      state = { drafts, ...(await this.#parts.rows.appendAll(tokens, rest.past)) };
    }
  }

  async #sample({ drafts, hidden }: DraftState, request: GenerateRequest): Promise<void> {
    const { tokenizer, body, projection } = this.#parts;
    const width = body.model.vocabularySize;
    // Padding columns and special tokens are passed over, so a few more than top-k are asked for.
    const spare = width - tokenizer.vocabularySize + tokenizer.specialTokenIds.size;
    const wanted = request.temperature === 0 ? 1 : request.topK;
    const count = wanted > 0 ? Math.min(width, wanted + spare) : width;
    const ranked = await (await projection()).largest(hidden, count);
    drafts.forEach((draft, row) => {
      const logits = ranked.logits.subarray(row * count, (row + 1) * count);
      const candidates: RankedToken[] = [];
      for (const [id, logit] of zip(ranked.tokenIds.subarray(row * count, (row + 1) * count), logits)) {
        if (isWritable(tokenizer, Number(id))) candidates.push({ tokenId: Number(id), logit });
      }
      extendDraft(draft, sampleToken(candidates, request, draft.rng.float()), tokenizer, request.stop);
    });
  }
}
