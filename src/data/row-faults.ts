import { RlpromptError } from '../errors.js';
import { groupDigits } from '../group-digits.js';
import { groupBy } from '../statistics/groups.js';

const LINES_NAMED = 3;

/** `lines 5, 9, 14 and 3 more`. */
export function listLines(lines: readonly number[]): string {
  const more = lines.length - LINES_NAMED;
  return `lines ${lines.slice(0, LINES_NAMED).join(', ')}${more > 0 ? ` and ${groupDigits(more)} more` : ''}`;
}

/** Several faults as one error, so that a file is mended once: the first has its code and place, the others are named with theirs, one fault of several places once. */
export function together(faults: readonly [RlpromptError, ...RlpromptError[]]): RlpromptError {
  const [first, ...others] = faults;
  if (others.length === 0) return first;
  const again = others.filter(({ message }) => message === first.message).map(({ where }) => where);
  const message = again.length === 0 ? first.message : `${first.message} (in ${again.join(' and ')} too)`;
  const also = [...groupBy(others, (fault) => fault.message)].flatMap(([text, faults]) =>
    text === first.message ? [] : `${text} (${faults.map(({ where }) => where).join(', ')})`,
  );
  return new RlpromptError({
    ...first.parts,
    message: [message, ...also].join('; also, '),
    next: [...new Set(faults.flatMap(({ next }) => next ?? []))].join('; '),
    cause: first.cause,
  });
}
