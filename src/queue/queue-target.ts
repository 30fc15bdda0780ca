import { requireCapability } from '../lm/load.js';
import type { LoadedModel } from '../lm/onnx/run/model-parts.js';
import { packageVersion } from '../package-root.js';
import { readQueueAddress } from './queue-address.js';
import { closeInTime, connectQueue } from './queue-client.js';
import { QueueScorer } from './queue-scorer.js';
import { QueueWatch } from './queue-watch.js';
import { queueNameOf, type WorkerIdentity } from './score-job.js';

/** The target LM of a run, with its label scores computed by workers. */
export async function targetOverQueue(model: LoadedModel, address: string): Promise<LoadedModel> {
  const local = requireCapability(model, 'labelScores');
  const connection = readQueueAddress(address);
  const client = await connectQueue(connection);
  const { Queue, QueueEvents } = await import('bullmq');
  const identity = identityOf(model);
  const name = queueNameOf(identity);
  const options = { connection: { ...connection, maxRetriesPerRequest: null } };
  const queue = new Queue(name, options);
  const events = new QueueEvents(name, options);
  // Every job waits with a listener of its own.
  queue.setMaxListeners(0);
  events.setMaxListeners(0);
  // Both reconnect by themselves; whoever waits asks again.
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  const family = model.family === 'masked' ? 'masked' : 'causal';
  const watch = new QueueWatch(client, identity, address);
  const scorer = new QueueScorer(local, { address, watch, queue, events, identity, family });
  return {
    ...model,
    capabilities: { ...model.capabilities, labelScores: scorer },
    usage: () => ({ model: model.name, ...scorer.usage() }),
    dispose: async () => {
      await closeInTime(client, [queue, events]);
      await model.dispose();
    },
  };
}

export function identityOf({ name, digest, dtype, truncate = 'tail' }: LoadedModel): WorkerIdentity {
  return { version: packageVersion(), model: name, digest, dtype, truncate };
}
