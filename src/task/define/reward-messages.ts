import type { ErrorCode, RlpromptErrorOptions } from '../../errors.js';
import type { EnvironmentFacts } from '../environment.js';
import type { RewardBatch } from '../types.js';

/** What one prompt was answered, checked: finite numbers only. */
export interface RewardRow {
  readonly reward: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What went wrong in the process of a reward, in words that can cross to the program. */
export interface RewardFault {
  readonly code: ErrorCode & `E_PLUGIN_${string}`;
  readonly message: string;
  /** File, line and column, where the fault has a place. */
  readonly where?: string;
  /** The fault's stack, for the reward's log. */
  readonly stack?: string;
}

/** A call of a reward's context that only the program can answer, with the arguments as they were given. */
export interface LmQuestion {
  readonly kind: 'scoreLabels' | 'generate' | 'embed';
  readonly request: unknown;
  /** Decides what a sampling target LM draws. */
  readonly seed: number;
}

/** What an environment is asked. */
export type EnvironmentCall = { readonly reset: string } | { readonly step: string };

/** A file that is run once, for the data that it makes. */
export type ReadKind = 'configuration file' | 'task file';

/** What a process is for; messages call it by this name. */
export type HostedKind = 'reward' | 'environment' | ReadKind;

/** What examples that are a function are drawn by. */
export interface ExamplesDraw {
  readonly seed: number;
  readonly shots: number;
}

/** Asks for the data that a file makes. */
export type ReadMessage = { readonly type: 'read'; readonly file: string; readonly memoryLimit: number } & (
  | { readonly kind: 'configuration file' }
  | { readonly kind: 'task file'; readonly draw: ExamplesDraw }
);

/** From the program to a process that runs code of the user. */
export type ToHost =
  | {
      readonly type: 'load';
      readonly kind: 'reward' | 'environment';
      readonly file: string;
      readonly isBuiltIn: boolean;
      readonly memoryLimit: number;
    }
  | ReadMessage
  | { readonly type: 'call'; readonly call: number; readonly batch: RewardBatch; readonly seed: number }
  | { readonly type: 'act'; readonly call: number; readonly ask: EnvironmentCall }
  | { readonly type: 'abort' }
  | { readonly type: 'lm-answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'lm-error'; readonly id: number; readonly message: string };

/** From a process that runs code of the user to the program. */
export type FromHost =
  | { readonly type: 'loaded'; readonly environment?: EnvironmentFacts }
  | { readonly type: 'load-failed'; readonly fault: RewardFault }
  /** What the file made. */
  | { readonly type: 'data'; readonly data: unknown }
  | { readonly type: 'refused'; readonly error: RlpromptErrorOptions }
  | { readonly type: 'answers'; readonly call: number; readonly rows: readonly RewardRow[] }
  /** As the environment gave it, not checked. */
  | { readonly type: 'acted'; readonly call: number; readonly answer: unknown }
  | { readonly type: 'failed'; readonly call: number; readonly fault: RewardFault }
  | { readonly type: 'lm-question'; readonly call: number; readonly id: number; readonly question: LmQuestion }
  | { readonly type: 'log'; readonly text: string }
  /** Something failed outside of any call, or after its call was answered; the process then ends. */
  | { readonly type: 'stray'; readonly fault: RewardFault };

/** The file descriptor on which the process says why it is about to end itself. */
export const LAST_WORDS_FD = 4;
