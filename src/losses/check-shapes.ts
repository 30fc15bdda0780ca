import { RlpromptError } from '../errors.js';

/** Steps of each prompt: one number where all have as many, otherwise a number each, [batch]. */
export type Steps = number | readonly number[];

/** The cells of one prompt in an array of all prompts' steps, one prompt after the other: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the steps of each prompt stand, [batch]. */
export function spansOf(batch: number, time: Steps): Span[] {
  let end = 0;
  return Array.from({ length: batch }, (_, row) => {
    const start = end;
    end += typeof time === 'number' ? time : (time[row] ?? 0);
    return { start, end };
  });
}

/** The steps of all prompts together, the length of an array that is called [batch, time]. */
export function cellCount(batch: number, time: Steps): number {
  return typeof time === 'number' ? batch * time : time.reduce((sum, steps) => sum + steps, 0);
}

/**
 * Refuses a loss whose arrays do not fit `[batch, time]`, naming the array and both lengths.
 *
 * @param expected array name → [array, expected length]
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function checkShapes(
  batch: number,
  time: Steps,
  expected: Readonly<Record<string, readonly [ArrayLike<number>, number]>>,
): void {
  const steps = typeof time === 'number' ? [time] : time;
  if (!isCount(batch) || !steps.every(isCount)) {
    throw shapeError(`batch and time must be whole numbers of at least 1, got ${batch} and ${time}`);
  }
  if (typeof time !== 'number' && time.length !== batch) {
    throw shapeError(`time holds ${time.length} numbers; batch ${batch} asks for as many`);
  }
  for (const [name, [array, length]] of Object.entries(expected)) {
    if (array.length !== length) {
      throw shapeError(`${name} holds ${array.length} numbers; batch ${batch} and time ${time} ask for ${length}`);
    }
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function shapeError(message: string): RlpromptError {
  return new RlpromptError({ code: 'E_LOSS_SHAPE', exit: 'internal', message, next: 'give arrays of equal lengths' });
}
