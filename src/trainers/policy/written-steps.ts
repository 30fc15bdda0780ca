import { spansOf } from '../../losses/check-shapes.js';
import type { Generator } from '../contract/settings.js';
import type { StackedRollouts } from './stack-rollouts.js';

/**
 * Steps of each prompt up to the first of the blank tokens at its end, [batch]: the text that is scored is trimmed, so the
 * step that first writes a blank ends it. A prompt of one length is filled up with blanks where its text is shorter.
 */
export function writtenSteps(
  tokenizer: Generator['tokenizer'],
  { batch, time, actions }: Pick<StackedRollouts, 'batch' | 'time' | 'actions'>,
): number[] {
  const isBlank = (step: number): boolean => tokenizer.decode([actions[step]!]).trim() === '';
  return spansOf(batch, time).map(({ start, end }) => {
    let written = end;
    while (written > start && isBlank(written - 1)) written -= 1;
    return Math.min(written + 1, end) - start;
  });
}
