import type { RunEvent } from '../../../events.js';
import { formatScore } from '../../format-values.js';

/** What the screen says to a key until the run answers. */
export const NOTES = {
  save: 'saving a checkpoint after this step',
  evaluate: 'evaluating on dev after this step',
  pause: 'pausing after this step; p continues',
  paused: 'paused; p continues',
  resumed: 'resumed',
} as const;

/**
 * The note after an event: a message of the run takes its place, and events that happen by themselves, without a
 * message, answer the key that asked for one.
 */
export function noteAfter(
  note: string | undefined,
  event: RunEvent,
  metric: string,
  hasMessage: boolean,
): string | undefined {
  if (event.type === 'checkpoint-saved' && note === NOTES.save) return `checkpoint saved after step ${event.step}`;
  if (event.type === 'evaluation-end' && note === NOTES.evaluate) {
    return `evaluated after step ${event.step}: dev ${metric} ${formatScore(event.prompts[0]?.dev?.[metric])}`;
  }
  if (event.type === 'run-paused' && note === NOTES.pause) return NOTES.paused;
  if (event.type === 'step-end' && note === NOTES.resumed) return undefined;
  return hasMessage ? undefined : note;
}
