import type { RunConfig } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { isEndpointName } from '../../../lm/endpoint/endpoint-name.js';
import { readQueueAddress } from '../../../queue/queue-address.js';
import type { Task } from '../../../task/types.js';

/** Refuses a queue where workers cannot serve, before a model is loaded. @throws RlpromptError `E_QUEUE_…` */
export function checkQueue({ name, kind }: Pick<Task, 'name' | 'kind'>, { queue, target }: RunConfig): void {
  if (queue === undefined) return;
  readQueueAddress(queue);
  if (kind !== 'classification') throw unfit(`workers score labels; ${name} is a task of kind ${kind}`);
  if (isEndpointName(target)) throw unfit(`${target} is behind a service, which serves many requests itself`);
}

function unfit(message: string): RlpromptError {
  const next = 'leave --queue out';
  return new RlpromptError({
    code: 'E_QUEUE_UNFIT',
    exit: 'config',
    message,
    where: '--queue',
    kept: 'nothing was started',
    next,
  });
}
