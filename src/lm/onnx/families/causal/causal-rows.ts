import { chunksOf, groupBy } from '../../../../statistics/groups.js';
import { zip } from '../../../../statistics/zip.js';
import { distinctRows, gatherKv, type KvBlock, type KvRow, KvScratch, rowsOfBlock } from '../../run/kv-block.js';
import type { PrefixCache } from '../../run/prefix-cache.js';
import { prefixKey } from '../../run/prefix-key.js';
import { activationBytes, type RowLimits } from '../../run/row-limits.js';
import type { CausalBody } from './causal-body.js';
import type { CausalAbilities } from './probe-causal.js';

/** A row of tokens that begins with the first `shared` tokens of `prefix`, which other rows have too. */
export interface PrefixedRow {
  readonly tokens: readonly number[];
  readonly prefix: readonly number[];
  /** At most tokens.length - 1: a row's last token is always its own. */
  readonly shared: number;
}

/** Some rows of a request after their last token. */
export interface RowChunk {
  /** Which rows of the request these are. */
  readonly indices: readonly number[];
  /** [indices, hiddenSize], at each row's last token. */
  readonly hidden: Float32Array;
  /** The rows' caches, where asked for and the graph has any. */
  readonly past: KvBlock | undefined;
  readonly padding: readonly number[];
}

/** A row of a request, as far as it is computed with the rows beside it. */
interface PlacedRow {
  readonly index: number;
  /** Its tokens after the shared prefix. */
  readonly tokens: readonly number[];
  /** The cache of the shared prefix, where it has one. */
  readonly after: KvRow | undefined;
}

/** Pasts that several calls continue. */
interface SharedPasts {
  readonly distinct: readonly KvRow[];
  readonly places: ReadonlyMap<PlacedRow, number>;
}

type NumberedRow = readonly [index: number, row: PrefixedRow];

export interface RowOptions {
  readonly keepCache?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A row's tokens beyond this go into a further call: attention takes memory with the square of them. */
const TOKENS_PER_PIECE = 512;
/** A cache's length is rounded up to this where the graph bears padding, so that more rows share a call. */
const PAST_STEP = 8;
/** Keys and values of all layers exist about this often at once: tiled, as outputs, and parts of them spread over heads. */
const CACHE_COPIES = 3;
/** Calls share their pasts where all of them are at most this part of the rows of a call; more would take memory to save little. */
const SHARED_PASTS = 1 / 4;
/** Size of an attention head where no cache tells it. */
const USUAL_HEAD_SIZE = 64;

/**
 * Runs rows through a causal body. Prefixes that rows share are computed once and kept; rows are put together by the
 * length of their past and of their own tokens, so that no token is padding and a row's numbers are the same whatever
 * its neighbours are.
 */
export class CausalRows {
  readonly #body: CausalBody;
  readonly #abilities: CausalAbilities;
  readonly #prefixes: PrefixCache;
  readonly #limits: RowLimits;
  readonly #scratch: KvScratch;
  #turn: Promise<unknown> = Promise.resolve();
  /** What the scratch arrays hold. */
  #gathered: { readonly rows: readonly KvRow[]; readonly block: KvBlock } | undefined;

  constructor(body: CausalBody, abilities: CausalAbilities, prefixes: PrefixCache, limits: RowLimits) {
    this.#body = body;
    this.#abilities = abilities;
    this.#prefixes = prefixes;
    this.#limits = limits;
    this.#scratch = new KvScratch((bytes) => body.memory(bytes));
  }

  /** Whether prefixes are shared at all. */
  get sharesPrefixes(): boolean {
    return this.#abilities.append !== 'none' && this.#limits.sharesPrefixes;
  }

  /** How many rows of this many tokens, without a past, may run together. */
  rowsOf(length: number): number {
    return this.#rowsPerCall(0, length);
  }

  async *run(rows: readonly PrefixedRow[], options: RowOptions = {}): AsyncGenerator<RowChunk> {
    if (!this.sharesPrefixes) {
      const whole = rows.map(({ tokens }, index) => ({ index, tokens, after: undefined }));
      yield* this.#runBuckets(whole, options);
      return;
    }
    for (const wave of this.#waves(rows)) {
      const prefixes = await this.#loadPrefixes(wave.prefixes, options.signal);
      yield* this.#runBuckets(
        wave.rows.map((row) => place(row, prefixes)),
        options,
      );
    }
  }

  /** Parts of a request whose prefixes fit into memory together. */
  *#waves(rows: readonly PrefixedRow[]): Generator<{ rows: NumberedRow[]; prefixes: Map<string, readonly number[]> }> {
    const byPrefix = groupBy(rows.entries(), ([, { shared, prefix }]) => (shared === 0 ? '' : prefixKey(prefix)));
    let wave = { rows: [] as NumberedRow[], prefixes: new Map<string, readonly number[]>() };
    let bytes = 0;
    for (const [key, members] of byPrefix) {
      const [[, { prefix }]] = members;
      const more = key === '' ? 0 : prefix.length * this.#cacheBytesPerToken();
      if (bytes + more > this.#prefixes.capacity && wave.rows.length > 0) {
        yield wave;
        wave = { rows: [], prefixes: new Map() };
        bytes = 0;
      }
      bytes += more;
      for (const member of members) wave.rows.push(member);
      if (key !== '') wave.prefixes.set(key, prefix);
    }
    yield wave;
  }

  async #loadPrefixes(
    wanted: ReadonlyMap<string, readonly number[]>,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, KvBlock>> {
    const found = new Map<string, KvBlock>();
    const missing: [key: string, prefix: readonly number[]][] = [];
    for (const [key, prefix] of wanted) {
      const block = this.#prefixes.get(key);
      if (block) found.set(key, block);
      else missing.push([key, prefix]);
    }
    for (const [length, members] of groupBy(missing, ([, prefix]) => prefix.length)) {
      for (const chunk of chunksOf(members, this.#rowsPerCall(0, length))) {
        signal?.throwIfAborted();
        const tokens = chunk.map(([, prefix]) => prefix);
        const { past } = await this.append(
          tokens,
          undefined,
          tokens.map(() => 0),
          true,
        );
        if (!past) throw new TypeError('this graph has no cache to keep prefixes in');
        for (const [row, [key]] of chunk.entries()) {
          const block = await gatherKv([{ block: past, row, positions: length }], length);
          found.set(key, block);
          this.#prefixes.set(key, block);
        }
      }
    }
    return found;
  }

  async *#runBuckets(rows: readonly PlacedRow[], { signal, keepCache = false }: RowOptions): AsyncGenerator<RowChunk> {
    const spaceOf = ({ after }: PlacedRow) => (after ? this.#space(after.positions) : 0);
    for (const [space, members] of groupBy(rows, spaceOf)) {
      const pasts = pastsOf(members);
      for (const bucket of groupBy(members, ({ tokens }) => tokens.length).values()) {
        const perCall = this.#rowsPerCall(space, bucket[0].tokens.length);
        for (const chunk of chunksOf(bucket, perCall)) {
          signal?.throwIfAborted();
          const continued = pasts.distinct.length <= perCall * SHARED_PASTS ? pasts : pastsOf(chunk);
          yield {
            indices: chunk.map(({ index }) => index),
            ...(await this.#runChunk(chunk, space, keepCache, continued)),
          };
        }
      }
    }
  }

  /** @param rows all with a prefix, or all without */
  async #runChunk(
    rows: readonly PlacedRow[],
    space: number,
    keepCache: boolean,
    { distinct, places }: SharedPasts,
  ): Promise<Omit<RowChunk, 'indices'>> {
    const padding = rows.map(({ after }) => (after ? space - after.positions : 0));
    const tokens = rows.map((row) => row.tokens);
    const result = await this.#inTurn(async () => {
      if (distinct.length === 0) return this.append(tokens, undefined, padding, keepCache);
      const past = await this.#gather(distinct, space);
      const pastRows = rows.flatMap((row) => places.get(row) ?? []);
      return this.append(tokens, past, padding, keepCache, pastRows);
    });
    return { ...result, padding };
  }

  /** Rows put together in the scratch arrays; those that are there still, since no call took them over, stay. */
  async #gather(rows: readonly KvRow[], positions: number): Promise<KvBlock> {
    const before = this.#gathered;
    if (before?.rows === rows && before.block.arrays.every(({ length }) => length > 0)) return before.block;
    this.#gathered = undefined;
    const block = await gatherKv(rows, positions, this.#scratch);
    this.#gathered = { rows, block };
    return block;
  }

  /**
   * Appends tokens, the same number to each row.
   * @param pastRows which row of `past` each of them continues; default: its own
   * @returns hidden states at the last of them [rows, hiddenSize], and the caches where asked for
   */
  async append(
    tokens: readonly (readonly number[])[],
    past: KvBlock | undefined,
    padding: readonly number[],
    keepCache: boolean,
    pastRows?: readonly number[],
  ): Promise<{ hidden: Float32Array; past: KvBlock | undefined }> {
    const length = tokens[0]?.length ?? 0;
    const many = this.#abilities.append === 'many';
    const step = many ? TOKENS_PER_PIECE : past ? 1 : length;
    let state: { hidden: Float32Array; past: KvBlock | undefined } = { hidden: new Float32Array(0), past };
    for (let start = 0; start < length; start += step) {
      const end = Math.min(length, start + step);
      const piece = step >= length ? tokens : tokens.map((row) => row.slice(start, end));
      const call = {
        ...{ tokens: piece, past: state.past, padding, keepCache: keepCache || end < length },
        // What a piece leaves behind has a row for each row of tokens.
        pastRows: start === 0 ? pastRows : undefined,
        lastOnly: this.#abilities.lastOnly,
      };
      const result = await this.#body.run(call);
      const hidden = lastPositions(result.hidden, tokens.length, end - start, this.#body.model.hiddenSize);
      state = { hidden, past: result.past };
    }
    return state;
  }

  /**
   * Appends tokens to rows that have no padding, in as few calls as the limits allow, and keeps the caches.
   * A past is only given where the graph can append.
   */
  async appendAll(
    tokens: readonly (readonly number[])[],
    past: KvBlock | undefined,
  ): Promise<{ hidden: Float32Array; past: KvBlock | undefined }> {
    const perCall = this.#rowsPerCall(past?.positions ?? 0, tokens[0]?.length ?? 0);
    const noPadding = tokens.map(() => 0);
    const keepCache = this.#abilities.append !== 'none';
    if (tokens.length <= perCall) return this.append(tokens, past, noPadding, keepCache);
    const size = this.#body.model.hiddenSize;
    const hidden = new Float32Array(tokens.length * size);
    const parts: KvRow[] = [];
    let done = 0;
    for (const chunk of chunksOf([...tokens.entries()], perCall)) {
      const rows = chunk.map(([row]) => row);
      const own = chunk.map(([, tokenIds]) => tokenIds);
      const step = await this.#inTurn(async () => {
        const before = past && (await this.#gather(rowsOfBlock(past, rows), past.positions));
        return this.append(own, before, noPadding, keepCache);
      });
      hidden.set(step.hidden, done * size);
      done += chunk.length;
      if (step.past) parts.push(...rowsOfBlock(step.past, chunk.keys()));
    }
    const [part] = parts;
    return { hidden, past: part && (await gatherKv(parts, part.positions)) };
  }

  /** One after the other: calls share the arrays that caches are gathered in. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #space(shared: number): number {
    return this.#abilities.padding ? Math.ceil(shared / PAST_STEP) * PAST_STEP : shared;
  }

  #cacheBytesPerToken(): number {
    const { kv } = this.#body;
    return kv ? kv.inputs.length * kv.heads * kv.headSize * (kv.type === 'float16' ? 2 : 4) : 0;
  }

  #rowsPerCall(past: number, length: number): number {
    const { hiddenSize, kv } = this.#body.model;
    const heads = hiddenSize / (kv?.headSize ?? USUAL_HEAD_SIZE);
    const piece = Math.min(length, TOKENS_PER_PIECE);
    const caches = (past + length) * this.#cacheBytesPerToken() * CACHE_COPIES;
    const bytes = caches + activationBytes(piece, past + length - piece, hiddenSize, heads);
    const { callBytes, tokensPerCall, rowsPerCall } = this.#limits;
    return Math.max(1, Math.floor(Math.min(callBytes / bytes, tokensPerCall / length, rowsPerCall)));
  }
}

/** The hidden states at the last of `length` positions, or of one: [rows, length or 1, size] to [rows, size]. */
export function lastPositions(hidden: Float32Array, rows: number, length: number, size: number): Float32Array {
  if (hidden.length === rows * size) return hidden;
  const last = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * length * size;
    last.set(hidden.subarray(end - size, end), row * size);
  }
  return last;
}

function pastsOf(rows: readonly PlacedRow[]): SharedPasts {
  const continuing = rows.filter(({ after }) => after !== undefined);
  const { distinct, places } = distinctRows(continuing.flatMap(({ after }) => after ?? []));
  return { distinct, places: new Map(zip(continuing, places)) };
}

function place([index, { tokens, prefix, shared }]: NumberedRow, prefixes: ReadonlyMap<string, KvBlock>): PlacedRow {
  const block = shared === 0 ? undefined : prefixes.get(prefixKey(prefix));
  return block
    ? { index, tokens: tokens.slice(shared), after: { block, row: 0, positions: shared } }
    : { index, tokens, after: undefined };
}
