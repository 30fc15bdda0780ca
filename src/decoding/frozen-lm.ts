import { type HiddenStep, startTokenOf } from '../lm/model/types.js';
import { frozenHead } from '../policy/frozen-head.js';
import type { PolicyHead } from '../policy/policy-head.js';
import type { Candidates } from '../policy/sampling.js';
import type { StateSource } from '../preferences/pooled-states.js';

/** A frozen causal LM, token by token: what may come next, and the features that a prefix scorer reads. */
export class FrozenLm {
  private constructor(
    private readonly source: StateSource,
    private readonly head: PolicyHead,
    private readonly headWeights: ArrayLike<number>,
    /** The likeliest tokens that are drawn from; the LM restricted to them is the base of all decoding. */
    readonly topK: number,
  ) {}

  static async create(source: StateSource, topK: number): Promise<FrozenLm> {
    const head = await source.hiddenStates.head();
    return new FrozenLm(source, await frozenHead(source.hiddenStates, head), head.weights, topK);
  }

  get tokenizer(): StateSource['tokenizer'] {
    return this.source.tokenizer;
  }

  /** Tokens that it reads at once, with the start token. */
  get contextLength(): number {
    return this.source.contextLength;
  }

  get hiddenSize(): number {
    return this.source.hiddenStates.hiddenSize;
  }

  get vocabularySize(): number {
    return this.source.hiddenStates.vocabularySize;
  }

  /** Numbers of one row of `features`. */
  get featureSize(): number {
    return 2 * this.hiddenSize;
  }

  /** A text that ends has this as its last token. */
  get endToken(): number {
    return this.tokenizer.eosTokenId ?? startTokenOf(this.tokenizer);
  }

  /** Reads texts from the start; what it gives is advanced, or disposed of. */
  begin(texts: readonly (readonly number[])[]): Promise<HiddenStep> {
    const start = startTokenOf(this.tokenizer);
    return this.source.hiddenStates.begin(texts.map((tokens) => [start, ...tokens]));
  }

  advance(step: HiddenStep, tokenIds: readonly number[]): Promise<HiddenStep> {
    return this.source.hiddenStates.advance(step.state, tokenIds);
  }

  /** The likeliest tokens after each state, [rows, topK]. */
  candidates(hidden: Float32Array): Promise<Candidates> {
    return this.head.candidates(hidden, { topK: this.topK });
  }

  /**
   * What a Q-head reads of a state and the token after it: the state and the token's column of the output head, each
   * divided by its root mean square. No forward is needed for a token that is only considered.
   *
   * @param hidden [rows, hiddenSize]
   * @param tokenIds [rows * width], row by row
   * @returns [rows * width, 2 * hiddenSize]
   */
  features(hidden: Float32Array, tokenIds: ArrayLike<number>): Float32Array {
    const { hiddenSize, featureSize, vocabularySize } = this;
    const width = (tokenIds.length * hiddenSize) / hidden.length;
    const features = new Float32Array(tokenIds.length * featureSize);
    for (let i = 0; i < tokenIds.length; i++) {
      const row = Math.floor(i / width) * hiddenSize;
      const token = tokenIds[i]!;
      const [state, column] = [0, hiddenSize].map((from) =>
        features.subarray(i * featureSize + from, i * featureSize + from + hiddenSize),
      ) as [Float32Array, Float32Array];
      for (let j = 0; j < hiddenSize; j++) {
        state[j] = hidden[row + j]!;
        column[j] = this.headWeights[j * vocabularySize + token]!;
      }
      toUnitSize(state);
      toUnitSize(column);
    }
    return features;
  }

  async dispose(): Promise<void> {
    await this.head.dispose();
  }
}

/** Root mean square 1, in place. */
function toUnitSize(values: Float32Array): void {
  let squares = 0;
  for (const value of values) squares += value * value;
  const size = Math.sqrt(squares / values.length);
  if (size > 0) for (let j = 0; j < values.length; j++) values[j] = values[j]! / size;
}
