import type { Tensor } from 'onnxruntime-node';
import type { KvCache, SplitModel } from '../../head/split-head.js';
import { floatValues, rawHalves } from '../../run/half-precision.js';
import { joinedPositions } from '../../run/joined-positions.js';
import type { KvBlock } from '../../run/kv-block.js';
import type { OnnxSession } from '../../run/session.js';
import { runtimeMeter } from '../../runtime/runtime-meter.js';
import { tokenFeeds } from '../shared/token-feeds.js';

export interface BodyCall {
  /** Rows of new tokens, all of one length. */
  readonly tokens: readonly (readonly number[])[];
  /** What came before. */
  readonly past?: KvBlock | undefined;
  /** Which row of `past` each row of tokens continues; default: its own. Only a tuned body lets rows share one. */
  readonly pastRows?: readonly number[] | undefined;
  /** How many of a row's past positions, from the left, are padding. */
  readonly padding?: readonly number[] | undefined;
  /** Whether the caches after this call are wanted; they cost a copy. */
  readonly keepCache: boolean;
  /** Whether hidden states are wanted of the last position only, [rows, 1, hiddenSize]; a graph may give all anyway. */
  readonly lastOnly?: boolean;
}

export interface BodyResult {
  /** Hidden states before the head, [rows, positions, hiddenSize]. */
  readonly hidden: Float32Array;
  readonly past: KvBlock | undefined;
}

/** A causal language model without its head, run over rows of equal length. */
export class CausalBody {
  readonly #session: OnnxSession;
  readonly model: SplitModel;

  constructor(session: OnnxSession, model: SplitModel) {
    this.#session = session;
    this.model = model;
  }

  get kv(): KvCache | undefined {
    return this.model.kv;
  }

  /** Memory for caches that are given as `past`. */
  memory(bytes: number): ArrayBuffer {
    return this.#session.memory(bytes);
  }

  async run(call: BodyCall): Promise<BodyResult> {
    const tokens = call.tokens[0]?.length ?? 0;
    const kept = call.lastOnly && this.model.firstKeptInput ? 1 : tokens;
    runtimeMeter.bodies?.push({ rows: call.tokens.length, tokens, kept });
    const outputs =
      call.keepCache && this.kv ? [this.model.hiddenOutput, ...this.kv.outputs] : [this.model.hiddenOutput];
    return this.#read(await this.#session.run(this.#feeds(call), outputs), call, outputs.length > 1);
  }

  #read(results: Record<string, Tensor>, call: BodyCall, withCache: boolean): BodyResult {
    const hidden = floatValues(output(results, this.model.hiddenOutput));
    if (!withCache || !this.kv) return { hidden, past: undefined };
    const arrays = this.kv.outputs.map((name) => {
      const tensor = output(results, name);
      return tensor.type === 'float16' ? rawHalves(tensor) : (tensor.data as Float32Array);
    });
    const positions = (call.past?.positions ?? 0) + (call.tokens[0]?.length ?? 0);
    const { heads, headSize } = this.kv;
    return { hidden, past: { rows: call.tokens.length, positions, heads, headSize, arrays } };
  }

  #feeds({ tokens, past, pastRows, padding, lastOnly }: BodyCall): Record<string, Tensor> {
    const before = past?.positions ?? 0;
    const feeds = tokenFeeds(this.#session, this.model.inputs, { tokens, before, padding });
    if (this.model.usesCacheBranch) {
      feeds.use_cache_branch = this.#session.tensor('bool', Uint8Array.of(before > 0 ? 1 : 0), [1]);
    }
    if (this.model.usesNumLogitsToKeep) {
      feeds.num_logits_to_keep = this.#session.tensor('int64', BigInt64Array.of(0n), []);
    }
    if (this.model.firstKeptInput) {
      feeds[this.model.firstKeptInput] = this.#session.tensor('int64', BigInt64Array.of(lastOnly ? -1n : 0n), [1]);
    }
    Object.assign(feeds, this.#pastFeeds(tokens, past, pastRows));
    return this.kv ? Object.assign(feeds, this.#cacheFeeds(this.kv, tokens.length, past)) : feeds;
  }

  /** Which past each row continues, in the forms that a tuned body asks for. */
  #pastFeeds(
    tokens: BodyCall['tokens'],
    past: KvBlock | undefined,
    given: readonly number[] | undefined,
  ): Record<string, Tensor> {
    const { pastRowsInput, joinedPositionsInput, kv } = this.model;
    const feeds: Record<string, Tensor> = {};
    const pastRows = given ?? [...tokens.keys()];
    if (pastRowsInput) {
      feeds[pastRowsInput] = this.#session.tensor('int64', BigInt64Array.from(pastRows, BigInt), [pastRows.length]);
    }
    if (joinedPositionsInput && kv) {
      const [pasts, before, length] = [past?.rows ?? 0, past?.positions ?? 0, tokens[0]?.length ?? 0];
      const places = joinedPositions({ pastRows, pasts, before, length, heads: kv.heads });
      const dims = [pastRows.length, kv.heads, before + length];
      feeds[joinedPositionsInput] = this.#session.tensor('int32', places, dims);
    }
    return feeds;
  }

  #cacheFeeds(kv: KvCache, rows: number, past: KvBlock | undefined): Record<string, Tensor> {
    const dims = [past?.rows ?? rows, kv.heads, past?.positions ?? 0, kv.headSize];
    const empty = kv.type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
    return Object.fromEntries(
      kv.inputs.map((name, i) => [name, this.#session.tensor(kv.type, past?.arrays[i] ?? empty, dims)]),
    );
  }
}

function output(results: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = results[name];
  if (!tensor) throw new TypeError(`the graph gave no ${name}`);
  return tensor;
}
