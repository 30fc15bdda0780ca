import { memoryThere } from '../../../files/memory-limits.js';
import { TOKENS_PER_CALL } from './token-batches.js';

export interface RowOptions {
  /** Bytes that caches and activations may take beside the weights; default: a quarter of the machine, 2 GiB at most. */
  readonly maxMemoryBytes?: number | undefined;
  /** Rows that may run together; default: chosen for speed. Memory can make it fewer. */
  readonly batchSize?: number | undefined;
  /** Computes what rows begin with once and keeps it; default true. */
  readonly prefixSharing?: boolean | undefined;
  /** Runs dynamic int8 models in batches although a row's numbers then depend on its neighbours. */
  readonly allowDynamicInt8?: boolean | undefined;
}

/** What bounds one call of the runtime. At least one row runs in a call, whatever it takes. */
export interface RowLimits {
  /** Bytes that kept prefixes may take. */
  readonly prefixBytes: number;
  /** Bytes that one call may take for caches and activations. */
  readonly callBytes: number;
  /** Rows that may run together; 1 where a row's numbers depend on its neighbours. */
  readonly rowsPerCall: number;
  readonly tokensPerCall: number;
  readonly sharesPrefixes: boolean;
}

const DEFAULT_MEMORY = 2 * 1024 ** 3;

/** The memory is divided evenly: half for kept prefixes, half for a call. */
export function rowLimits(options: RowOptions, dynamicQuantised: boolean): RowLimits {
  const { maxMemoryBytes = Math.min(DEFAULT_MEMORY, memoryThere() / 4), batchSize, prefixSharing = true } = options;
  const isOneByOne = dynamicQuantised && !options.allowDynamicInt8;
  return {
    prefixBytes: maxMemoryBytes / 2,
    callBytes: maxMemoryBytes / 2,
    rowsPerCall: isOneByOne ? 1 : (batchSize ?? Number.POSITIVE_INFINITY),
    tokensPerCall: batchSize === undefined ? TOKENS_PER_CALL : Number.POSITIVE_INFINITY,
    sharesPrefixes: prefixSharing && !isOneByOne,
  };
}

/** Activations of a token in units of its hidden state: the inner layer, its gate, the attention's parts. */
const ACTIVATION_WIDTH = 24;
/** Attention scores exist about this often at once: before and after the softmax. */
const SCORE_COPIES = 2;

/** Bytes of activations that a row of `length` new tokens takes after `past` others. */
export function activationBytes(length: number, past: number, hiddenSize: number, heads: number): number {
  return 4 * (length * hiddenSize * ACTIVATION_WIDTH + SCORE_COPIES * heads * length * (past + length));
}

/** How many rows of a length may run together in a graph that keeps no caches. */
export function rowsWithoutCache(limits: RowLimits, length: number, hiddenSize: number, heads: number): number {
  const { callBytes, tokensPerCall, rowsPerCall } = limits;
  const rows = Math.min(callBytes / activationBytes(length, 0, hiddenSize, heads), tokensPerCall / length, rowsPerCall);
  return Math.max(1, Math.floor(rows));
}
