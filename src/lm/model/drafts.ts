import { RlpromptError } from '../../errors.js';
import { Rng } from '../../random/rng.js';
import type { GenerateRequest, Generation, Tokenizer } from './types.js';

/** One text that is being written. */
export interface Draft {
  readonly rng: Rng;
  readonly limit: number;
  readonly tokens: number[];
  text: string;
  stopped: boolean;
}

/**
 * The drafts of a request, [prefixes][samples]. A sample's random numbers depend on the seed, its prefix's text and its own
 * number, not on its neighbours.
 *
 * @param room tokens that may follow a prefix, by its index
 */
export function createDrafts(request: GenerateRequest, room: (prefix: number) => number): Draft[][] {
  const { maxNewTokens, samplesPerPrefix, seed } = request;
  const seen = new Map<string, number>();
  return request.prefixes.map((text, prefix) => {
    const repeat = seen.get(text) ?? 0;
    seen.set(text, repeat + 1);
    const wanted = typeof maxNewTokens === 'number' ? maxNewTokens : (maxNewTokens[prefix] ?? 0);
    const limit = Math.min(wanted, room(prefix));
    return Array.from({ length: samplesPerPrefix }, (_, sample) => {
      const state = { seed, stream: textHash(text), counter: (repeat * 2 ** 16 + sample) * 2 ** 20 };
      return { rng: Rng.restore(state), limit, tokens: [], text: '', stopped: false };
    });
  });
}

/** Appends a token to a draft; an end mark or the stop text ends it. */
export function extendDraft(draft: Draft, token: number, tokenizer: Tokenizer, stop: string | undefined): void {
  if (token === tokenizer.eosTokenId) {
    draft.stopped = true;
    return;
  }
  draft.tokens.push(token);
  draft.text = tokenizer.decode(draft.tokens);
  const end = stop ? draft.text.indexOf(stop) : -1;
  if (end < 0) return;
  draft.text = draft.text.slice(0, end);
  draft.stopped = true;
}

export function isOpen(draft: Draft): boolean {
  return !draft.stopped && draft.tokens.length < draft.limit;
}

export function toGenerations(drafts: readonly (readonly Draft[])[]): Generation[][] {
  return drafts.map((samples) =>
    samples.map(({ text, stopped, tokens }) => ({ text, stopped, tokenCount: tokens.length })),
  );
}

/** Whether a token may be written: one that the tokenizer has, and no special one but the end mark. */
export function isWritable(tokenizer: Tokenizer, id: number): boolean {
  return id < tokenizer.vocabularySize && (id === tokenizer.eosTokenId || !tokenizer.specialTokenIds.has(id));
}

/** FNV-1a, 32 bits. */
function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** A text that leaves no room for another token. */
export function noRoom(text: string, length: number, contextLength: number): RlpromptError {
  return new RlpromptError({
    code: 'E_CONTEXT_LENGTH',
    exit: 'data',
    message: `a text to continue takes ${length} tokens, the model's context is ${contextLength}`,
    where: JSON.stringify(text.slice(0, 60)),
    next: 'shorten the text, or use a model with a longer context',
  });
}
