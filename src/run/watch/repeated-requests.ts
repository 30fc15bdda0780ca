import { groupDigits } from '../../group-digits.js';
import type { RemoteUsage } from '../../lm/model/remote-usage.js';

/** Tells that a service fails although the run continues: what is asked again costs time, and may cost money. */
export class RepeatedRequests {
  /** By model, the failures that were told of. */
  private readonly told = new Map<string, number>();

  /** A warning for each model whose failures are the first, or have doubled since the last one. */
  observe(usage: readonly RemoteUsage[]): { code: string; message: string; hint: string }[] {
    return usage.flatMap(({ model, requests, failed }) => {
      if (!failed || failed.count < 2 * (this.told.get(model) ?? 0.5)) return [];
      this.told.set(model, failed.count);
      const message = `${model}: ${groupDigits(failed.count)} of ${groupDigits(requests)} requests failed and were sent again; the last: ${failed.last}`;
      return [{ code: 'requests-repeated', message, hint: 'fewer at once may help: --endpoint-concurrency' }];
    });
  }
}
