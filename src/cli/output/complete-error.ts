import { type ExitReason, RlpromptError } from '../../errors.js';

const NEXT: Readonly<Record<ExitReason, string>> = {
  ok: 'repeat the command',
  numeric: 'try another seed or a smaller --learning-rate',
  belowThreshold: 'search longer: --steps, or look at the prompts: rlprompt top',
  usage: 'rlprompt --help',
  data: 'correct or replace the file, then repeat the command',
  missingInput: 'check the path, then repeat the command',
  unavailable: 'rlprompt doctor says what is missing',
  internal: 'set RLPROMPT_DEBUG=1 and repeat the command; it then says more',
  osLimit: 'raise the limit, then repeat the command',
  cannotCreate: 'choose another place for the output',
  io: 'check the disk, then repeat the command',
  tryAgain: 'repeat the command later',
  protocol: 'check the address of the service and what it runs',
  noPermission: 'check who may read and write the file',
  config: 'rlprompt config print --sources says where each setting comes from',
  hangup: 'rlprompt runs list',
  interrupted: 'repeat the command',
  terminated: 'repeat the command',
};

/** Every error tells what is kept and what to do next; those that do not know better say what holds for their kind. */
export function completeError(error: RlpromptError): RlpromptError {
  if (error.kept && error.next) return error;
  const { code, exit, message, where, cause } = error;
  const kept = error.kept ?? 'no files were changed';
  return new RlpromptError({ code, exit, message, where, cause, kept, next: error.next ?? NEXT[exit] });
}
