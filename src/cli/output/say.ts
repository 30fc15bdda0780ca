import { safeLines, safeText } from '../../ui/draw/safe-text.js';
import { wrapText } from '../../ui/draw/wrap-text.js';
import type { CliContext } from './context.js';

type Listener = Pick<CliContext, 'stderr'>;

/** More than any line has that a person is to read to its end. */
const LONGEST = 100_000;

const CLEAR_REST = '\x1b[K';

/**
 * A line beside the result, on stderr; a terminal breaks it between words. Paths and names in it come from anywhere, so none can drive
 * the terminal.
 */
export function say({ stderr }: Listener, line: string): void {
  // A terminal that does not know its width says 0.
  const width = (stderr.isTTY && stderr.columns) || Number.POSITIVE_INFINITY;
  stderr.write(`${wrapText(line, width, LONGEST).join('\n')}\n`);
}

export function warn(listener: Listener, message: string): void {
  say(listener, `rlprompt: warning: ${message}`);
}

/** Lines that are complete as they are, such as help, or what a user's code has printed. */
export function sayLines({ stderr }: Listener, text: string): void {
  stderr.write(safeLines(text));
}

/**
 * A line that is drawn over by the next, on a terminal only; the last one stays. The cursor waits at its beginning: an error, or
 * the shell after Ctrl-C, writes over it rather than behind it.
 */
export function sayProgress({ stderr }: Listener, line: string, isLast: boolean): void {
  if (stderr.isTTY) stderr.write(`${safeText(line)}${CLEAR_REST}${isLast ? '\n' : '\r'}`);
}
