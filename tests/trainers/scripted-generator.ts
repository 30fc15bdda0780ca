import type { HiddenStatesCapability, KvState, Tokenizer } from '../../src/lm/model/types.js';
import { Rng } from '../../src/random/rng.js';
import type { Generator } from '../../src/trainers/contract/settings.js';

const WORDS = (
  'great bad movie film good awful acting plot story scene music boring lovely dull bright dark slow fast funny sad ' +
  'long short old new loud quiet warm cold sweet bitter rich poor deep flat sharp soft clean dirty strange plain'
).split(' ');

export interface ScriptedGeneratorOptions {
  /** Seed of the frozen weights. @default 7 */
  readonly seed?: number;
  /** @default 12 */
  readonly hiddenSize?: number;
  /** Words that the language model likes by `fluency` nats more than the others. */
  readonly fluentWords?: readonly string[];
  /** @default 2.5 */
  readonly fluency?: number;
}

export interface ScriptedGenerator extends Generator {
  readonly words: readonly string[];
  idOf(word: string): number;
  /** States that were begun and neither advanced nor disposed of. */
  liveStates(): number;
  /** Rows that passed through the body, one for each token. */
  bodyRows(): number;
}

class ScriptedState implements KvState {
  isLive = true;

  constructor(
    readonly hidden: Float32Array,
    readonly rows: number,
    private readonly onEnd: () => void,
  ) {}

  dispose(): void {
    if (!this.isLive) throw new Error('a state was disposed of twice, or after it was consumed');
    this.isLive = false;
    this.onEnd();
  }
}

/**
 * A generator LM without files: forty words of one token each, a frozen random recurrent state
 * h ← tanh(0.5 R h + E[token]) and a frozen random head. One token is special, one is a control character, and the head
 * is wider than the vocabulary, so that a policy has something it must not propose. States that are used twice throw.
 */
export function scriptedGenerator({
  seed = 7,
  hiddenSize = 12,
  fluentWords = [],
  fluency = 2.5,
}: ScriptedGeneratorOptions = {}): ScriptedGenerator {
  const pieces = ['<s>', ...WORDS.map((word) => ` ${word}`), '\u0007'];
  const width = pieces.length + 3;
  const rng = Rng.create(seed, 'initialisation');
  const weights = (count: number, size: number) => Float32Array.from({ length: count }, () => size * normal(rng));
  const recurrent = weights(hiddenSize * hiddenSize, 0.5 / Math.sqrt(hiddenSize));
  const embeddings = weights(width * hiddenSize, 1);
  const head = weights(hiddenSize * width, 0.5);
  const bias = Float32Array.from({ length: width }, (_, id) =>
    fluentWords.includes(WORDS[id - 1] ?? '') ? fluency : 0,
  );
  let live = 0;
  let bodyRows = 0;

  const stateOf = (hidden: Float32Array) => {
    live += 1;
    const rows = hidden.length / hiddenSize;
    const state = new ScriptedState(hidden, rows, () => {
      live -= 1;
    });
    return { hidden: hidden.slice(), state };
  };
  const append = (before: Float32Array, token: number): Float32Array => {
    bodyRows += 1;
    return before.map((_, j) => {
      let sum = embeddings[token * hiddenSize + j]!;
      for (let k = 0; k < hiddenSize; k++) sum += recurrent[k * hiddenSize + j]! * before[k]!;
      return Math.tanh(sum);
    });
  };
  const hiddenStates: HiddenStatesCapability = {
    hiddenSize,
    vocabularySize: width,
    head: async () => ({ weights: head, bias }),
    begin: async (prefixes) =>
      stateOf(joined(prefixes.map((prefix) => prefix.reduce(append, new Float32Array(hiddenSize))))),
    advance: async (state, tokenIds) => {
      const { hidden } = state as ScriptedState;
      state.dispose();
      return stateOf(
        joined(tokenIds.map((id, row) => append(hidden.slice(row * hiddenSize, (row + 1) * hiddenSize), id))),
      );
    },
  };
  return {
    name: 'scripted',
    hiddenStates,
    tokenizer: wordTokenizer(pieces),
    words: WORDS,
    idOf: (word) => pieces.indexOf(` ${word}`),
    liveStates: () => live,
    bodyRows: () => bodyRows,
  };
}

function wordTokenizer(pieces: readonly string[]): Tokenizer {
  return {
    vocabularySize: pieces.length,
    encode: (text) => text.split(/(?= )/).flatMap((piece) => (pieces.includes(piece) ? [pieces.indexOf(piece)] : [])),
    decode: (tokenIds) => tokenIds.map((id) => pieces[id]).join(''),
    piece: (id) => pieces[id]!.replace(' ', 'Ġ'),
    bytes: (id) => (id === 0 ? undefined : new TextEncoder().encode(pieces[id])),
    specialTokenIds: new Set([0]),
    bosTokenId: 0,
    eosTokenId: 0,
    padTokenId: undefined,
    maskTokenId: undefined,
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let start = 0;
  for (const row of rows) {
    all.set(row, start);
    start += row.length;
  }
  return all;
}

/** Box and Muller's transform. */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.float())) * Math.cos(2 * Math.PI * rng.float());
}
