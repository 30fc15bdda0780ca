import type { Redis } from 'ioredis';
import { presentWorkers } from './queue-client.js';
import { isSameWorker, type WorkerIdentity, workerCommand } from './score-job.js';

const LOOK_MS = 2000;
/** How long Redis has for an answer before it is called silent. */
const ANSWER_MS = 2000;

/** Knows, while rows are awaited, whether Redis answers and how many workers can serve the run. What it knows is only shown. */
export class QueueWatch {
  workers = 0;
  /** Whether there ever was a worker. */
  hasSeenWorker = false;
  private redisGoneAt: number | undefined;
  private workersGoneAt: number | undefined;
  private looking: Promise<WorkerIdentity[]> | undefined;
  private following = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Redis,
    private readonly identity: WorkerIdentity,
    private readonly address: string,
  ) {}

  /** All workers, whatever they run; undefined where Redis does not answer. */
  async look(): Promise<WorkerIdentity[] | undefined> {
    // One question at a time: those to a silent server would pile up.
    this.looking ??= presentWorkers(this.client).finally(() => {
      this.looking = undefined;
    });
    const others = await withinTime(this.looking).catch(() => undefined);
    if (!others) {
      this.redisGoneAt ??= performance.now();
      return undefined;
    }
    this.redisGoneAt = undefined;
    this.workers = others.filter((other) => isSameWorker(other, this.identity)).length;
    this.hasSeenWorker ||= this.workers > 0;
    this.workersGoneAt = this.workers > 0 ? undefined : (this.workersGoneAt ?? performance.now());
    return others;
  }

  /** Looks every two seconds until the returned function is called. */
  follow(): () => void {
    this.following += 1;
    this.timer ??= setInterval(() => void this.look(), LOOK_MS);
    return () => {
      this.following -= 1;
      if (this.following > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  /** What keeps rows from coming back, and what to do. */
  get trouble(): string | undefined {
    if (this.redisGoneAt !== undefined)
      return `Redis has not answered for ${secondsSince(this.redisGoneAt)} s; trying again`;
    if (this.workersGoneAt === undefined) return undefined;
    const command = workerCommand(this.identity, this.address);
    return `no worker for ${secondsSince(this.workersGoneAt)} s; start one with \`${command}\``;
  }
}

function secondsSince(moment: number): number {
  return Math.round((performance.now() - moment) / 1000);
}

/** @throws Error where it takes too long */
async function withinTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
