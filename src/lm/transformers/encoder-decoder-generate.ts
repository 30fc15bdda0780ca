import { gatherRows } from '../../statistics/gather-rows.js';
import { chunksOf } from '../../statistics/groups.js';
import { pick } from '../../statistics/pick.js';
import { zip } from '../../statistics/zip.js';
import { createDrafts, type Draft, extendDraft, isOpen, isWritable, noRoom, toGenerations } from '../model/drafts.js';
import { type RankedToken, sampleToken } from '../model/sample-token.js';
import type { GenerateCapability, GenerateRequest, Generation, Tokenizer } from '../model/types.js';
import { equalLengthBatches } from '../onnx/run/token-batches.js';
import type { DecoderStep, EncodedTexts } from './encoder-decoder.js';
import type { EncoderDecoderParts } from './encoder-decoder-label-scores.js';

/** Samples that are written at once. */
const DRAFTS_PER_CALL = 64;

/** Rows of the decoder after their last token. */
interface Writing {
  readonly drafts: readonly Draft[];
  readonly texts: EncodedTexts;
  readonly step: DecoderStep;
}

/** Writes answers to texts: each text is read once for all its samples. */
export class EncoderDecoderGenerate implements GenerateCapability {
  private readonly parts: EncoderDecoderParts;

  constructor(parts: EncoderDecoderParts) {
    const { tokenizer } = parts;
    // An answer is a text by itself: the blank before its first word is the tokenizer's mark of a word, not a part of it.
    this.parts = { ...parts, tokenizer: { ...tokenizer, decode: (ids) => tokenizer.decode(ids).replace(/^ /, '') } };
  }

  async generate(request: GenerateRequest): Promise<Generation[][]> {
    const { tokenizer, contextLength, model, start, rowsOf } = this.parts;
    const tokens = request.prefixes.map((text) => tokenizer.encode(text, { special: !request.isRaw }));
    for (const [text, { length }] of zip(request.prefixes, tokens)) {
      if (length > contextLength) throw noRoom(text, length, contextLength);
    }
    const drafts = createDrafts(request, () => contextLength - start.length);
    const perCall = Math.max(1, Math.floor(DRAFTS_PER_CALL / request.samplesPerPrefix));
    for (const batch of equalLengthBatches(tokens, (length) => Math.min(perCall, rowsOf(length)))) {
      request.signal?.throwIfAborted();
      const texts = await model.encode(batch.map(([, row]) => row));
      const step = await model.decode(
        texts,
        batch.map(() => start),
      );
      const places = batch.map(([row]) => row);
      const own = [...pick(drafts, places).entries()];
      for (const chunk of chunksOf(own, Math.min(perCall, own.length))) {
        const rows = chunk.flatMap(([i, samples]) => samples.map(() => i));
        const ofChunk = chunk.flatMap(([, samples]) => samples);
        await this.#write({ drafts: ofChunk, ...this.#pick({ texts, step }, rows) }, request);
      }
    }
    return toGenerations(drafts);
  }

  async #write(writing: Writing, request: GenerateRequest): Promise<void> {
    const { tokenizer, model } = this.parts;
    let { drafts, texts, step } = writing;
    while (drafts.length > 0) {
      request.signal?.throwIfAborted();
      drafts.forEach((draft, row) => {
        const positions = step.logits.length / drafts.length / step.width;
        const end = (row + 1) * positions * step.width;
        const candidates = likeliest(step.logits.subarray(end - step.width, end), request, tokenizer);
        extendDraft(draft, sampleToken(candidates, request, draft.rng.float()), tokenizer, request.stop);
      });
      const open = [...drafts.entries()].filter(([, draft]) => isOpen(draft));
      if (open.length === 0) return;
      drafts = open.map(([, draft]) => draft);
      const rows = open.map(([row]) => row);
      ({ texts, step } = this.#pick({ texts, step }, rows));
      step = await model.decode(
        texts,
        drafts.map((draft) => draft.tokens.slice(-1)),
        step.cache,
      );
    }
  }

  #pick({ texts, step }: Omit<Writing, 'drafts'>, rows: readonly number[]): Omit<Writing, 'drafts'> {
    const { model } = this.parts;
    const logits = gatherRows(step.logits, rows, step.logits.length / texts.states.dims[0]!);
    const chosen = Object.entries(step.cache).map(([name, tensor]) => [name, model.pickRows(tensor, rows)] as const);
    return {
      texts: { states: model.pickRows(texts.states, rows) },
      step: { ...step, logits, cache: Object.fromEntries(chosen) },
    };
  }
}

/** The tokens that may be written, likeliest first; equal ones in the order of their ids. */
function likeliest(logits: Float32Array, { topK, temperature }: GenerateRequest, tokenizer: Tokenizer): RankedToken[] {
  const tokens = Array.from(logits, (logit, tokenId) => ({ tokenId, logit }));
  const writable = tokens.filter(({ tokenId }) => isWritable(tokenizer, tokenId));
  const count = temperature === 0 ? 1 : topK > 0 ? topK : writable.length;
  return writable.sort((a, b) => b.logit - a.logit || a.tokenId - b.tokenId).slice(0, count);
}
