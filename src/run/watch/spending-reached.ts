import type { RemoteUsage } from '../../lm/model/remote-usage.js';

/** The next request is reserved at its largest: as many tokens as it has bytes. */
const RESERVED_ROWS = 4;

/**
 * Whether a service has no longer enough tokens, money or requests for some more rows, at what a row took so far. A run then ends
 * in good order, with its final evaluation, rather than in the midst of a step.
 */
export function spendingReached(
  { rows, requests, tokens, cost, limits }: RemoteUsage,
  rowsAhead: number,
): 'tokens' | 'cost' | 'requests' | undefined {
  if (!tokens || !limits || rows === 0) return undefined;
  const factor = 1 + (rowsAhead + RESERVED_ROWS) / rows;
  const { maxTokens, maxCost, maxRequests } = limits;
  if (maxTokens !== undefined && (tokens.read + tokens.written) * factor > maxTokens) return 'tokens';
  if (maxCost !== undefined && cost !== undefined && cost * factor > maxCost) return 'cost';
  if (maxRequests !== undefined && requests * factor > maxRequests) return 'requests';
  return undefined;
}
