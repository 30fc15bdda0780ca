import { RlpromptError } from '../errors.js';

/**
 * Refuses a loss whose arrays do not fit `[batch, time]`, naming the array and both lengths.
 *
 * @param expected array name → [array, expected length]
 * @throws RlpromptError E_LOSS_SHAPE
 */
export function checkShapes(
  batch: number,
  time: number,
  expected: Readonly<Record<string, readonly [ArrayLike<number>, number]>>,
): void {
  if (!isCount(batch) || !isCount(time)) {
    throw shapeError(`batch and time must be whole numbers of at least 1, got ${batch} and ${time}`);
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
  return new RlpromptError({ code: 'E_LOSS_SHAPE', exit: 'internal', message });
}
