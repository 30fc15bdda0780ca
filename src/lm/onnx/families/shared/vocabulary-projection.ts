import { gatherRows } from '../../../../statistics/gather-rows.js';
import { chunksOf } from '../../../../statistics/groups.js';
import type { HeadWeights } from '../../../model/types.js';
import { GraphBuilder } from '../../graph/graph-builder.js';
import { createSession, type OnnxSession, type SessionOptions } from '../../run/session.js';
import { LARGE_BYTES } from '../../runtime/shared-memory.js';

/** Rows of logits that exist at once. */
const ROWS_PER_CALL = 64;

/**
 * The output layer as graphs of its own, for the places that need the whole vocabulary: normalised
 * log-probabilities, and the likeliest tokens. The weights are fed, so that the runtime keeps no copy of them.
 */
export class VocabularyProjection {
  readonly #head: HeadWeights;
  readonly #hiddenSize: number;
  readonly #width: number;
  readonly #options: SessionOptions;
  #scoring: Promise<OnnxSession> | undefined;
  #ranking: Promise<OnnxSession> | undefined;
  #averaging: Promise<OnnxSession> | undefined;

  constructor(head: HeadWeights, hiddenSize: number, options: SessionOptions) {
    this.#head = head;
    this.#hiddenSize = hiddenSize;
    this.#width = head.weights.length / hiddenSize;
    this.#options = { ...options, inThread: head.weights.byteLength >= LARGE_BYTES };
  }

  get hiddenSize(): number {
    return this.#hiddenSize;
  }

  /** log p of some tokens at each position: hidden [n, hiddenSize], tokenIds [n, k] row-major; returns [n, k]. */
  async logProbs(hidden: Float32Array, tokenIds: readonly number[]): Promise<Float32Array> {
    this.#scoring ??= createSession({ bytes: scoringGraph(this.#head) }, this.#options);
    const session = await this.#scoring;
    const columns = (tokenIds.length * this.#hiddenSize) / hidden.length;
    const result = new Float32Array(tokenIds.length);
    for (const rows of this.#calls(hidden)) {
      const ids = BigInt64Array.from(
        rows.flatMap((row) => tokenIds.slice(row * columns, (row + 1) * columns)),
        BigInt,
      );
      const feeds = {
        ...this.#feeds(session, hidden, rows),
        ids: session.tensor('int64', ids, [rows.length, columns]),
      };
      const { logProbs } = await session.run(feeds, ['logProbs']);
      place(logProbs.data as Float32Array, rows, columns, result);
    }
    return result;
  }

  /** Mean log p of every token over the positions: hidden [n, hiddenSize]; returns [vocabulary]. */
  async meanLogProbs(hidden: Float32Array): Promise<Float64Array> {
    this.#averaging ??= createSession({ bytes: averagingGraph(this.#head) }, this.#options);
    const session = await this.#averaging;
    const count = hidden.length / this.#hiddenSize;
    const means = new Float64Array(this.#width);
    for (const rows of this.#calls(hidden)) {
      const { logProbs } = await session.run(this.#feeds(session, hidden, rows), ['logProbs']);
      const values = logProbs.data as Float32Array;
      // A lone row was given twice.
      for (const row of new Set(rows).keys()) {
        const start = rows.indexOf(row) * this.#width;
        for (let id = 0; id < this.#width; id++) means[id]! += values[start + id]! / count;
      }
    }
    return means;
  }

  /** The `count` largest logits at each position, largest first: [n, count] each. */
  async largest(hidden: Float32Array, count: number): Promise<{ logits: Float32Array; tokenIds: BigInt64Array }> {
    this.#ranking ??= createSession({ bytes: rankingGraph(this.#head) }, this.#options);
    const session = await this.#ranking;
    const size = (hidden.length / this.#hiddenSize) * count;
    const [logits, tokenIds] = [new Float32Array(size), new BigInt64Array(size)];
    for (const rows of this.#calls(hidden)) {
      const feeds = {
        ...this.#feeds(session, hidden, rows),
        count: session.tensor('int64', BigInt64Array.of(BigInt(count)), [1]),
      };
      const found = await session.run(feeds, ['values', 'indices']);
      place(found.values.data as Float32Array, rows, count, logits);
      place(found.indices.data as BigInt64Array, rows, count, tokenIds);
    }
    return { logits, tokenIds };
  }

  async dispose(): Promise<void> {
    for (const session of [this.#scoring, this.#ranking, this.#averaging]) await (await session)?.dispose();
  }

  /**
   * The rows of each call. A lone row is given twice: the product of one row is computed in another order, and its
   * number would tell how many rows there were.
   */
  *#calls(hidden: Float32Array): Generator<number[]> {
    const count = hidden.length / this.#hiddenSize;
    for (const rows of chunksOf([...Array(count).keys()], ROWS_PER_CALL))
      yield rows.length === 1 ? [...rows, ...rows] : rows;
  }

  #feeds(session: OnnxSession, hidden: Float32Array, rows: readonly number[]) {
    const size = this.#hiddenSize;
    const { weights, bias } = this.#head;
    return {
      hidden: session.tensor('float32', gatherRows(hidden, rows, size), [rows.length, size]),
      weights: session.tensor('float32', weights, [size, this.#width]),
      ...(bias && { bias: session.tensor('float32', bias, [this.#width]) }),
    };
  }
}

function place<T extends Float32Array | BigInt64Array>(
  from: T,
  rows: readonly number[],
  columns: number,
  into: T,
): void {
  rows.forEach((row, i) => {
    into.set(from.subarray(i * columns, (i + 1) * columns) as never, row * columns);
  });
}

function projectionGraph(name: string, { bias, softCap }: HeadWeights): { graph: GraphBuilder; logits: string } {
  const graph = new GraphBuilder(name);
  const hidden = graph.input('hidden', 'float32', ['rows', 'hidden']);
  const weights = graph.input('weights', 'float32', ['hidden', 'vocabulary']);
  const product = graph.node('MatMul', [hidden, weights]);
  const sum = bias ? graph.node('Add', [product, graph.input('bias', 'float32', ['vocabulary'])]) : product;
  if (softCap === undefined) return { graph, logits: sum };
  const cap = graph.constant('cap', Float32Array.of(softCap), []);
  return { graph, logits: graph.node('Mul', [graph.node('Tanh', [graph.node('Div', [sum, cap])]), cap]) };
}

function scoringGraph(head: HeadWeights): Uint8Array {
  const { graph, logits } = projectionGraph('log-probabilities', head);
  const ids = graph.input('ids', 'int64', ['rows', 'columns']);
  // Not ReduceLogSumExp: over 49,152 columns the runtime's is off by 2e-4, for want of a careful sum.
  const normalised = graph.node('LogSoftmax', [logits], { attributes: { axis: 1 } });
  const chosen = graph.node('GatherElements', [normalised, ids], { attributes: { axis: 1 }, name: 'logProbs' });
  graph.output(chosen, 'float32', ['rows', 'columns']);
  return graph.build();
}

function averagingGraph(head: HeadWeights): Uint8Array {
  const { graph, logits } = projectionGraph('mean-log-probabilities', head);
  const normalised = graph.node('LogSoftmax', [logits], { attributes: { axis: 1 }, name: 'logProbs' });
  graph.output(normalised, 'float32', ['rows', 'vocabulary']);
  return graph.build();
}

function rankingGraph(head: HeadWeights): Uint8Array {
  const { graph, logits } = projectionGraph('largest-logits', head);
  const count = graph.input('count', 'int64', [1]);
  const [values = '', indices = ''] = graph.nodes('TopK', [logits, count], { outputs: 2 });
  graph.output(graph.node('Identity', [values], { name: 'values' }), 'float32', ['rows', 'count']);
  graph.output(graph.node('Identity', [indices], { name: 'indices' }), 'int64', ['rows', 'count']);
  return graph.build();
}
