import type { ScorerFacts } from '../../decoding/prefix-scorer.js';
import type { DecodingMethod, TradeOff } from '../../decoding/trade-off.js';
import { countOf } from '../../group-digits.js';
import { safeText } from '../../ui/draw/safe-text.js';
import { formatScore } from '../../ui/format-values.js';
import { formatTable } from '../output/format-table.js';

export function fittedText(out: string, { reward, loss, texts, lm, mean: average, deviation }: ScorerFacts): string {
  const rewards = `mean ${formatScore(average)}, standard deviation ${formatScore(deviation)}`;
  const fitted = `a scorer of ${safeText(reward)} (${rewards}), fitted by ${loss}`;
  return `${safeText(out)}: ${fitted} to ${countOf(texts, 'text')} of ${safeText(lm)}`;
}

export function tradeOffTable(rows: readonly TradeOff[], reward: string): string {
  const lines = rows.map(({ method, ...row }) => [
    describe(method),
    ...[row.reward, row.kl, row.drawn].map((value) => value.toFixed(2)),
  ]);
  return formatTable([['decoding', reward, 'KL', 'tokens drawn'], ...lines], { right: [1, 2, 3] });
}

function describe(method: DecodingMethod): string {
  if (method.kind === 'token-wise')
    return method.strength === 0 ? 'the model itself' : `token-wise, strength ${method.strength}`;
  return method.kind === 'block-wise'
    ? `blocks of ${method.blockLength}, best of ${method.candidates}`
    : `best of ${method.candidates} by the reward`;
}
