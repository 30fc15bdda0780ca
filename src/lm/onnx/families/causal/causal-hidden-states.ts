import type { HeadWeights, HiddenStatesCapability, HiddenStep, KvState } from '../../../model/types.js';
import type { SplitModel } from '../../head/split-head.js';
import { groupBy } from '../../run/batches.js';
import { gatherKv, type KvBlock } from '../../run/kv-block.js';
import type { CausalRows } from './causal-rows.js';

/** Rows of equal length, and their caches where the graph has any. */
interface RowGroup {
  /** Positions of these rows among all rows. */
  readonly rows: readonly number[];
  readonly tokens: readonly (readonly number[])[];
  readonly past: KvBlock | undefined;
}

class CausalState implements KvState {
  readonly rows: number;
  #groups: readonly RowGroup[] | undefined;

  constructor(groups: readonly RowGroup[]) {
    this.#groups = groups;
    this.rows = groups.reduce((sum, group) => sum + group.rows.length, 0);
  }

  /** The groups, once: the next step makes new caches out of these. */
  take(): readonly RowGroup[] {
    const groups = this.#groups;
    if (!groups) throw new TypeError('this cache was used or disposed of before');
    this.#groups = undefined;
    return groups;
  }

  dispose(): void {
    this.#groups = undefined;
  }
}

/** Hidden states of a causal model, token by token; each token is computed once if the graph has a cache. */
export class CausalHiddenStates implements HiddenStatesCapability {
  readonly #model: SplitModel;
  readonly #rows: CausalRows;
  readonly #head: () => Promise<HeadWeights>;
  readonly hiddenSize: number;
  readonly vocabularySize: number;

  constructor(model: SplitModel, rows: CausalRows, head: () => Promise<HeadWeights>) {
    this.#model = model;
    this.#rows = rows;
    this.#head = head;
    this.hiddenSize = model.hiddenSize;
    this.vocabularySize = model.vocabularySize;
  }

  head(): Promise<HeadWeights> {
    return this.#head();
  }

  /** Rows that begin alike are computed once. */
  async begin(prefixes: readonly (readonly number[])[]): Promise<HiddenStep> {
    const hidden = new Float32Array(prefixes.length * this.hiddenSize);
    const groups: RowGroup[] = [];
    const sameTokens = groupBy(prefixes.keys(), (row) => prefixes[row]!.join(' '));
    const sameLength = groupBy(sameTokens.values(), (rows) => prefixes[rows[0]!]!.length);
    for (const members of sameLength.values()) {
      const tokens = members.map((rows) => prefixes[rows[0]!]!);
      const step = await this.#rows.appendAll(tokens, undefined);
      const rows = members.flat();
      const sources = members.flatMap((same, row) => same.map(() => row));
      this.#place(step.hidden, sources, rows, hidden);
      groups.push({ rows, tokens: rows.map((row) => prefixes[row]!), past: this.#spread(step.past, sources) });
    }
    return { hidden, state: new CausalState(groups) };
  }

  async advance(state: KvState, tokenIds: readonly number[]): Promise<HiddenStep> {
    if (!(state instanceof CausalState)) throw new TypeError('this cache belongs to another model');
    const hidden = new Float32Array(tokenIds.length * this.hiddenSize);
    const groups: RowGroup[] = [];
    for (const group of state.take()) {
      const tokens = group.tokens.map((row, i) => [...row, tokenIds[group.rows[i]!]!]);
      const step = group.past
        ? await this.#rows.appendAll(
            tokens.map((row) => row.slice(-1)),
            group.past,
          )
        : await this.#rows.appendAll(tokens, undefined);
      this.#place(step.hidden, [...group.rows.keys()], group.rows, hidden);
      groups.push({ rows: group.rows, tokens, past: step.past });
    }
    return { hidden, state: new CausalState(groups) };
  }

  #place(from: Float32Array, sources: readonly number[], rows: readonly number[], into: Float32Array): void {
    const size = this.hiddenSize;
    rows.forEach((row, i) => {
      const source = sources[i]! * size;
      into.set(from.subarray(source, source + size), row * size);
    });
  }

  #spread(past: KvBlock | undefined, sources: readonly number[]): KvBlock | undefined {
    if (!past || !this.#model.kv || sources.every((source, i) => source === i)) return past;
    const rows = sources.map((row) => ({ block: past, row, positions: past.positions }));
    return gatherKv(rows, past.positions, this.#model.kv);
  }
}
