import { groupBy } from '../../../../statistics/groups.js';
import { pick } from '../../../../statistics/pick.js';
import { zip } from '../../../../statistics/zip.js';
import type { HeadWeights, HiddenStatesCapability, HiddenStep, KvState } from '../../../model/types.js';
import type { SplitModel } from '../../head/split-head.js';
import { gatherKv, type KvBlock, rowsOfBlock } from '../../run/kv-block.js';
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
  readonly #rows: CausalRows;
  readonly #head: () => Promise<HeadWeights>;
  readonly hiddenSize: number;
  readonly vocabularySize: number;

  constructor(model: SplitModel, rows: CausalRows, head: () => Promise<HeadWeights>) {
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
    const sameTokens = groupBy(prefixes.entries(), ([, prefix]) => prefix.join(' '));
    const sameLength = groupBy(sameTokens.values(), ([[, prefix]]) => prefix.length);
    for (const members of sameLength.values()) {
      const tokens = members.map(([[, prefix]]) => prefix);
      const step = await this.#rows.appendAll(tokens, undefined);
      const rows = members.flat();
      const sources = members.flatMap((same, row) => same.map(() => row));
      const places = rows.map(([row]) => row);
      this.#place(step.hidden, zip(sources, places), hidden);
      groups.push({
        rows: places,
        tokens: rows.map(([, prefix]) => prefix),
        past: await this.#spread(step.past, sources),
      });
    }
    return { hidden, state: new CausalState(groups) };
  }

  async advance(state: KvState, tokenIds: readonly number[]): Promise<HiddenStep> {
    if (!(state instanceof CausalState)) throw new TypeError('this cache belongs to another model');
    const hidden = new Float32Array(tokenIds.length * this.hiddenSize);
    const groups: RowGroup[] = [];
    for (const group of state.take()) {
      const own = pick(tokenIds, group.rows);
      const tokens = Array.from(zip(group.tokens, own), ([row, tokenId]) => [...row, tokenId]);
      const step = group.past
        ? await this.#rows.appendAll(
            tokens.map((row) => row.slice(-1)),
            group.past,
          )
        : await this.#rows.appendAll(tokens, undefined);
      this.#place(step.hidden, group.rows.entries(), hidden);
      groups.push({ rows: group.rows, tokens, past: step.past });
    }
    return { hidden, state: new CausalState(groups) };
  }

  #place(from: Float32Array, rows: Iterable<readonly [source: number, row: number]>, into: Float32Array): void {
    const size = this.hiddenSize;
    for (const [source, row] of rows) into.set(from.subarray(source * size, (source + 1) * size), row * size);
  }

  async #spread(past: KvBlock | undefined, sources: readonly number[]): Promise<KvBlock | undefined> {
    if (!past || sources.every((source, i) => source === i)) return past;
    return gatherKv(rowsOfBlock(past, sources), past.positions);
  }
}
