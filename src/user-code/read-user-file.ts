import { RlpromptError } from '../errors.js';
import { requireReadable } from '../files/read/is-there.js';
import type { ReadMessage } from '../task/define/reward-messages.js';
import { UserProcess } from './user-process.js';

/** Resident bytes. */
const MEMORY_LIMIT = 2 ** 31;

/**
 * Runs a file of the user for the data that it makes, in a process of its own: what never gives the processor back can still
 * be ended, by Ctrl-C and by the deadline. The file sees the program's environment, and prints to its standard error.
 *
 * @throws RlpromptError as the file is refused; E_CONFIG or E_TASK_FILE where its process ended without an answer
 */
export async function readUserFile(question: ReadQuestion, timeoutMs: number): Promise<unknown> {
  const { kind, file } = question;
  requireReadable(file);
  const reader = new UserProcess({ kind, file, memoryLimit: MEMORY_LIMIT, env: process.env });
  try {
    const message = { type: 'read', memoryLimit: MEMORY_LIMIT, ...question } as const;
    return await reader.request(message, timeoutMs, (reply, settle) => {
      if (reply.type === 'data') settle.resolve(reply.data);
      if (reply.type === 'refused') settle.reject(new RlpromptError(reply.error));
    });
  } finally {
    reader.kill({ code: 'E_PLUGIN_EXIT', message: `the ${kind} was read` });
  }
}

/** Which file is run, and for what. */
export type ReadQuestion = DistributiveOmit<ReadMessage, 'type' | 'memoryLimit'>;

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
