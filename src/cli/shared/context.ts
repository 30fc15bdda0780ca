import type { RlpromptError } from '../../errors.js';
import type { ResultOutput } from '../output/standard-output.js';

/** What a command sees of the process. */
export interface CliContext {
  readonly stdout: ResultOutput;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  /** Set once a result stands on stdout: an error after it then goes to stderr only. */
  hasResult: boolean;
  /** Ends the process at once, for a second Ctrl-C; what is on the disk stands. */
  abort(error: RlpromptError): never;
}
