import { countOf, groupDigits } from '../../group-digits.js';

/** What has been computed elsewhere for a model, by a service or by workers, since the program started. */
export interface RemoteUsage {
  readonly model: string;
  /** Rows that have come back. */
  readonly rows: number;
  /** Requests, or jobs, that were sent. */
  readonly requests: number;
  /** Those of them that are under way now. */
  readonly inFlight: number;
  /** Milliseconds that the service asks everyone to wait from now on. */
  readonly waitMs: number;
  /** Requests that failed and were sent again, and what the last of them met. */
  readonly failed?: { readonly count: number; readonly last: string } | undefined;
  /** Of a queue: workers that are there. */
  readonly workers?: number;
  /** Of a queue: what keeps rows from coming back now, and what to do. */
  readonly trouble?: string | undefined;
  readonly tokens?: { readonly read: number; readonly written: number };
  /** Undefined without a price. */
  readonly cost?: number | undefined;
  /** What it may be asked for at most. */
  readonly limits?: {
    readonly maxTokens?: number | undefined;
    readonly maxCost?: number | undefined;
    readonly maxRequests?: number | undefined;
  };
}

/** The same in words, for the end. */
export function describeUsage({ model, rows, requests, tokens, cost }: RemoteUsage): string {
  if (!tokens) return `${model}: ${countOf(rows, 'row')} in ${countOf(requests, 'job')} by workers`;
  const money = cost === undefined ? '' : `, cost ${cost.toFixed(4)}`;
  return `${model}: ${countOf(requests, 'request')}, ${countOf(tokens.read, 'token')} read, ${groupDigits(tokens.written)} written${money}`;
}
