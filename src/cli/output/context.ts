import type { RlpromptError } from '../../errors.js';
import type { ResultOutput } from './standard-output.js';

/** What is kept of a command that writes at its end alone, or only prints. */
export const NOTHING_WRITTEN = 'nothing was written';

/** What a command sees of the process. */
export interface CliContext {
  readonly stdout: ResultOutput;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  /**
   * A text in which the program's commands begin as it was started, `npx rlprompt` or `node bin/rlprompt.js`.
   * @param folder where they will be typed; the current one by default
   */
  readonly asStarted: (text: string, folder?: string) => string;
  /** Set once a result stands on stdout: an error after it then goes to stderr only. */
  hasResult: boolean;
  /** How a run was stopped and what is kept, where the screen has said it: no line repeats it. */
  toldOnScreen?: unknown;
  /** What continues the command's work after a signal, while there is something to continue. */
  resumeWith?: string | undefined;
  /** What such a command keeps of it. @default every file that was finished */
  keptAtStop?: string | undefined;
  /** Ends the process at once, for a second Ctrl-C; what is on the disk stands. */
  abort(error: RlpromptError): never;
}
