import type { HiddenStatesCapability, KvState, Tokenizer } from '../../src/lm/model/types.js';
import type { StateSource } from '../../src/preferences/pooled-states.js';

/** Token 0 starts and ends texts; 1 to 3 are letters. */
const PIECES = ['<s>', 'a', 'b', 'c'];
/** Shares of the next tokens in eighths, another order after each text. */
const EIGHTHS = [1, 4, 2, 1];
/** Tokens that it reads at once. */
const CONTEXT = 8;
/** Letters of the longest text. */
export const DEPTH = 2;

const TEXTS = [[], ...[1, 2, 3].map((a) => [a]), ...[1, 2, 3].flatMap((a) => [0, 1, 2, 3].map((b) => [a, b]))];

/** p(token | letters so far), in eighths. */
export function eighths(letters: readonly number[]): number[] {
  const turn = letters.reduce((sum, token) => sum + token, 0);
  return EIGHTHS.map((_, token) => EIGHTHS[(token + turn) % EIGHTHS.length]!);
}

/**
 * A language model of four tokens that can be enumerated: its state is one number for each beginning of a text, and the
 * head holds the log-probabilities.
 */
export function treeLm(): StateSource {
  const hiddenSize = TEXTS.length;
  const weights = new Float32Array(hiddenSize * PIECES.length);
  TEXTS.forEach((letters, row) => {
    weights.set(
      eighths(letters).map((share) => Math.log(share / 8)),
      row * PIECES.length,
    );
  });
  const step = (texts: readonly (readonly number[])[]) => {
    // With the start token.
    if (texts.some(({ length }) => 1 + length > CONTEXT)) throw new RangeError('a text beyond the context');
    const hidden = new Float32Array(texts.length * hiddenSize);
    texts.forEach((text, row) => {
      const at = TEXTS.findIndex((known) => known.join() === text.join());
      if (at >= 0) hidden[row * hiddenSize + at] = 1;
    });
    return { hidden, state: { texts, rows: texts.length, dispose: () => {} } as KvState };
  };
  const hiddenStates: HiddenStatesCapability = {
    hiddenSize,
    vocabularySize: PIECES.length,
    head: async () => ({ weights }),
    begin: async (prefixes) => step(prefixes.map((prefix) => prefix.slice(1))),
    advance: async (state, tokenIds) => {
      const { texts } = state as KvState & { texts: readonly (readonly number[])[] };
      return step(texts.map((text, row) => [...text, tokenIds[row]!]));
    },
  };
  const tokenizer: Tokenizer = {
    vocabularySize: PIECES.length,
    encode: (text) => [...text].map((letter) => PIECES.indexOf(letter)),
    decode: (tokenIds) => tokenIds.map((id) => PIECES[id]).join(''),
    piece: (id) => PIECES[id]!,
    bytes: (id) => new TextEncoder().encode(PIECES[id]),
    specialTokenIds: new Set([0]),
    bosTokenId: 0,
    eosTokenId: 0,
    padTokenId: undefined,
    maskTokenId: undefined,
  };
  return { hiddenStates, tokenizer, contextLength: CONTEXT };
}

/** Every text of the model, with its probability in 64ths. */
export function allTexts(): { tokenIds: number[]; share: number }[] {
  return eighths([]).flatMap((first, a) => {
    if (a === 0) return [{ tokenIds: [0], share: 8 * first }];
    return eighths([a]).map((second, b) => ({ tokenIds: [a, b], share: first * second }));
  });
}
