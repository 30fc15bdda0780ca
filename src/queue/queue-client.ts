import { setTimeout as delay } from 'node:timers/promises';
import type { QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { RlpromptError } from '../errors.js';
import type { QueueAddress } from './queue-address.js';
import type { WorkerIdentity } from './score-job.js';

const CONNECT_MS = 5000;
const CLOSE_MS = 500;
const WORKERS = 'rlprompt:worker:';
/** A worker that has not said for this long that it is there is gone, even if its connection was never closed. */
const PRESENT_SECONDS = 15;

/** A part of BullMQ with connections of its own. */
type QueuePart = Pick<QueueEvents, 'close' | 'disconnect'>;

/**
 * A connection that has answered once; later it reconnects by itself. A worker's has its name, so that the worker is
 * known to be gone the moment its connection breaks.
 *
 * @throws RlpromptError E_QUEUE_UNREACHABLE
 */
export async function connectQueue(address: QueueAddress, worker?: string): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const client = new Client({
    ...address,
    ...(worker === undefined ? {} : { connectionName: `${WORKERS}${worker}` }),
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
  if (keys.length === 0) return [];
  const [texts, connected] = await Promise.all([client.mget(keys), connectedWorkers(client)]);
  return texts.flatMap((text, i) => {
    if (text === null || connected?.has(keys[i] ?? '') === false) return [];
    return [JSON.parse(text) as WorkerIdentity];
  });
}

/** The keys of workers that are connected; undefined where the server does not tell, as some hosted ones. */
async function connectedWorkers(client: Redis): Promise<ReadonlySet<string> | undefined> {
  try {
    const list = String(await client.client('LIST'));
    return new Set([...list.matchAll(/\bname=(\S+)/g)].map(([, name = '']) => name));
  } catch {
    return undefined;
  }
}

/** Closes what uses the queue in good order; where Redis does not answer, it is cut off. */
export async function closeInTime(client: Redis, parts: readonly QueuePart[]): Promise<void> {
  const closing = Promise.all(parts.map((part) => part.close().catch(() => undefined)));
  const isClosed = await Promise.race([closing.then(() => true), delay(CLOSE_MS, false)]);
  if (!isClosed) for (const part of parts) void part.disconnect().catch(() => undefined);
  client.disconnect();
}
