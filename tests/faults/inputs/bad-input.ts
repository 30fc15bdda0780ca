import type { ErrorCode } from '../../../src/error-codes.js';
import { EXIT_CODES, type ExitReason } from '../../../src/errors.js';

/** A command that is refused: its code, exit code and message. */
export interface Refusal {
  readonly args: readonly string[];
  readonly code: ErrorCode;
  readonly exit: number;
  readonly says: RegExp;
}

/** One of the numbered inputs and faults that the program must bear. */
export interface BadInput {
  readonly number: number;
  readonly what: string;
  /** Commands that show it. */
  readonly refused?: readonly Refusal[];
  /** Titles of the tests that show it. */
  readonly tests?: readonly string[];
  /** Why it cannot happen here. */
  readonly without?: string;
}

export function refusal(args: readonly string[], code: ErrorCode, exit: ExitReason, says: RegExp): Refusal {
  return { args, code, exit: EXIT_CODES[exit], says };
}

/** The flags of a run that would take a second. */
export const FAST = [
  ...['--verbalizer', 'ham=list,spam=free', '--shots', '3'],
  ...['--inner-size', '64', '--steps', '1', '--ui', 'none'],
];

export const runSmall = (...args: string[]): string[] => ['run', 'small.csv', ...FAST, ...args];
