import type { ErrorCode } from './error-codes.js';

export type { ErrorCode } from './error-codes.js';
/**
 * Exit codes of the program; they follow sysexits, with `numeric` and `belowThreshold` of its own.
 */
export const EXIT_CODES = {
  ok: 0,
  numeric: 3,
  belowThreshold: 10,
  usage: 64,
  data: 65,
  missingInput: 66,
  unavailable: 69,
  internal: 70,
  osLimit: 71,
  cannotCreate: 73,
  io: 74,
  tryAgain: 75,
  protocol: 76,
  noPermission: 77,
  config: 78,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitReason = keyof typeof EXIT_CODES;

interface WhatHappened {
  /** Stable name of the mistake, `E_…`; scripts may rely on it. */
  code: ErrorCode;
  /** Decides the exit code. */
  exit: ExitReason;
  /** What happened, with the value received and what was expected. */
  message: string;
  /** File, line, column, key or flag. */
  where?: string | undefined;
  cause?: unknown;
}

/** What is not lost, and the next command or change, ready to paste where possible. Each error says one of them at least. */
type WhatNow = { kept: string; next?: string | undefined } | { kept?: string | undefined; next: string };

export type RlpromptErrorOptions = WhatHappened & WhatNow;

/** What to do about an error that no input can cause. */
export const REPORT_IT = 'please report it: this is a fault of the program';

/**
 * The one error class that reaches users. Its `line()` is the last line on stderr of every failing command:
 * `rlprompt: E_CODE: what · where · what is kept · next command`.
 */
export class RlpromptError extends Error {
  override readonly name = 'RlpromptError';
  readonly code: ErrorCode;
  readonly exit: ExitReason;
  readonly where: string | undefined;
  readonly kept: string | undefined;
  readonly next: string | undefined;

  readonly #options: RlpromptErrorOptions;

  constructor(options: RlpromptErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.#options = options;
    this.code = options.code;
    this.exit = options.exit;
    this.where = options.where;
    this.kept = options.kept;
    this.next = options.next;
  }

  get exitCode(): number {
    return EXIT_CODES[this.exit];
  }

  /** The same error with another message, place, exit code or cause. */
  with(changed: Partial<WhatHappened>): RlpromptError {
    return new RlpromptError({ ...this.#options, ...changed });
  }

  /** All of it but the cause, as plain data. */
  get parts(): RlpromptErrorOptions {
    return { ...this.#options, cause: undefined };
  }

  line(): string {
    return `rlprompt: ${this.code}: ${[this.message, this.where, this.kept, this.next].filter(Boolean).join(' · ')}`;
  }

  toJSON(): Record<string, unknown> {
    const { code, exitCode, message, where, kept, next } = this;
    return { code, exitCode, message, where, kept, next };
  }
}

/** What a thrown value says, the first line of it. */
export function firstLine(thrown: unknown): string {
  const [line = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
  return line;
}

/** The nearest of `candidates` to `word` by edit distance, for "did you mean"; undefined when nothing is near. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

function editDistance(a: string, b: string): number {
  // Distances of what has been read of `a` to the empty text, and to each longer beginning of `b`.
  let whole = b.length;
  let distances = Array.from(b, (letter, i) => ({ letter, distance: i + 1 }));
  for (const [i, own] of Array.from(a).entries()) {
    let diagonal = i;
    whole = i + 1;
    distances = distances.map(({ letter, distance }) => {
      whole = Math.min(distance + 1, whole + 1, diagonal + (own === letter ? 0 : 1));
      diagonal = distance;
      return { letter, distance: whole };
    });
  }
  return whole;
}
