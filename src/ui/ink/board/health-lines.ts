import type { Span, Style } from '../../draw/palette.js';
import { safeLine, safeText } from '../../draw/safe-text.js';
import { widthOf } from '../../draw/text-width.js';
import { formatCount, formatScore, formatShare, isNumber } from '../../format-values.js';
import type { ScreenState } from '../../screen-state.js';

interface Sign {
  readonly name: string;
  readonly value: string;
  readonly style?: Style;
}

/** How the learning fares, in `count` lines: first the warning signs, then the reward's parts. */
export function healthLines(state: ScreenState, count: number, width: number): Span[][] {
  return [signLine('health ', signsOf(state), width), signLine('rewards', partsOf(state), width)].slice(0, count);
}

function signsOf({ lastStep, flatSteps, skippedSteps, warnings }: ScreenState): Sign[] {
  const unique = lastStep?.uniquePrompts;
  const entropy = lastStep?.entropy;
  return [
    { name: 'entropy', value: formatScore(entropy), style: isNumber(entropy) && entropy < 0.5 ? 'warn' : 'plain' },
    { name: 'unique', value: formatShare(unique), style: isNumber(unique) && unique < 0.5 ? 'warn' : 'plain' },
    { name: 'flat', value: formatCount(flatSteps), style: flatSteps > 0 ? 'warn' : 'plain' },
    { name: 'skipped', value: formatCount(skippedSteps), style: skippedSteps > 0 ? 'bad' : 'plain' },
    { name: 'warnings', value: formatCount(warnings), style: warnings > 0 ? 'warn' : 'plain' },
    { name: 'loss', value: formatScore(lastStep?.loss) },
    { name: 'gradient', value: formatScore(lastStep?.gradNorm) },
  ];
}

function partsOf({ lastStep }: ScreenState): Sign[] {
  const means = Object.entries(lastStep?.metricMeans ?? {}).map(([name, value]) => ({
    name,
    value: formatScore(value),
  }));
  const parts = Object.entries(lastStep?.parts ?? {}).map(([name, value]) => ({ name, value: formatScore(value) }));
  return [{ name: 'sd', value: formatScore(lastStep?.rewardStd) }, ...means, ...parts];
}

/** As many signs as fit; none is cut in two. */
function signLine(title: string, signs: readonly Sign[], width: number): Span[] {
  const spans: Span[] = [{ text: safeText(title), style: 'dim' }];
  let room = width - title.length;
  for (const { name, value, style = 'plain' } of signs) {
    const label = safeLine`  ${name} `;
    const text = safeLine`${value}`;
    room -= widthOf(label) + widthOf(text);
    if (room < 0) break;
    spans.push({ text: label, style: 'dim' }, { text, style });
  }
  return spans;
}
