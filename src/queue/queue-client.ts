import type { Redis } from 'ioredis';
import { RlpromptError } from '../errors.js';
import type { QueueAddress } from './queue-address.js';
import type { WorkerIdentity } from './score-job.js';

const CONNECT_MS = 5000;
const WORKERS = 'rlprompt:worker:';
/** A worker that has not said for this long that it is there is gone. */
const PRESENT_SECONDS = 15;

/** A connection that has answered once; later it reconnects by itself. @throws RlpromptError E_QUEUE_UNREACHABLE */
export async function connectQueue(address: QueueAddress): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const client = new Client({
    ...address,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // Commands wait for the server to come back; only the first connection must succeed at once.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(2000, 50 * times),
  });
  let lastError = 'no answer';
  client.on('error', (error: Error) => {
    lastError = error.message || (error as NodeJS.ErrnoException).code || lastError;
  });
  const tooLate = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('no answer')), CONNECT_MS).unref();
  });
  try {
    await Promise.race([client.connect().then(() => client.ping()), tooLate]);
    return client;
  } catch (error) {
    client.disconnect();
    throw new RlpromptError({
      code: 'E_QUEUE_UNREACHABLE',
      exit: 'unavailable',
      message: `the queue at ${address.host}:${address.port} does not answer: ${lastError}`,
      where: '--queue',
      kept: 'every score that was paid for',
      next: /certificate/i.test(lastError)
        ? 'set NODE_EXTRA_CA_CERTS to the certificate of its authority'
        : 'check that Redis runs there, and RLPROMPT_REDIS_PASSWORD if it wants a password',
      cause: error,
    });
  }
}

/** Says that a worker is there, until the next call is overdue. */
export async function announceWorker(client: Redis, id: string, identity: WorkerIdentity): Promise<void> {
  await client.set(`${WORKERS}${id}`, JSON.stringify(identity), 'EX', PRESENT_SECONDS);
}

export async function forgetWorker(client: Redis, id: string): Promise<void> {
  await client.del(`${WORKERS}${id}`);
}

/** The workers that are there, whatever they were started with. */
export async function presentWorkers(client: Redis): Promise<WorkerIdentity[]> {
  const keys: string[] = [];
  for await (const found of client.scanStream({ match: `${WORKERS}*`, count: 1000 })) keys.push(...(found as string[]));
  const texts = keys.length > 0 ? await client.mget(keys) : [];
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as WorkerIdentity]));
}
