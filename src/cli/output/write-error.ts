import { inspect } from 'node:util';
import type { RlpromptError } from '../../errors.js';
import { toVisibleJson } from '../../visible-json.js';
import { completeError } from './complete-error.js';
import type { CliContext } from './context.js';
import { say, sayLines } from './say.js';

interface Failure {
  readonly context: CliContext;
  /** `--json` was asked for. */
  readonly asJson: boolean;
  readonly thrown: unknown;
}

/**
 * One line on stderr, and with `--json` the same as an object on stdout, unless a result stands there already. What the screen
 * has said, after the key q or Ctrl-C, gets no line.
 */
export function writeError(given: RlpromptError, { context, asJson, thrown }: Failure): void {
  const error = completeError(given);
  if (context.env.RLPROMPT_DEBUG) sayLines(context, `${inspect(thrown, { depth: 4 })}\n`);
  if (asJson && !context.hasResult) context.stdout.write(`${toVisibleJson({ error })}\n`);
  const isTold = error.exit === 'ok' || given === context.toldOnScreen;
  if (!isTold) say(context, context.asStarted(error.line()));
}
