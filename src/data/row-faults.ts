import { RlpromptError } from '../errors.js';
import { groupDigits } from '../group-digits.js';

const LINES_NAMED = 3;

/** `lines 5, 9, 14 and 3 more`. */
export function listLines(lines: readonly number[]): string {
  const more = lines.length - LINES_NAMED;
  return `lines ${lines.slice(0, LINES_NAMED).join(', ')}${more > 0 ? ` and ${groupDigits(more)} more` : ''}`;
}

/** Several faults as one error, so that a file is mended once: the first has its code and place, the others are named with theirs. */
export function together(faults: readonly [RlpromptError, ...RlpromptError[]]): RlpromptError {
  const [first, ...others] = faults;
  if (others.length === 0) return first;
  const also = others.map(({ message, where }) => `${message} (${where})`);
  return new RlpromptError({
    ...first.parts,
    message: [first.message, ...also].join('; also, '),
    next: [...new Set(faults.flatMap(({ next }) => next ?? []))].join('; '),
    cause: first.cause,
  });
}
