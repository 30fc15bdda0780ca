import type { Job, Queue, QueueEvents } from 'bullmq';
import { RlpromptError } from '../errors.js';
import type { LabelScoreRequest, LabelScoresCapability } from '../lm/model/types.js';
import type { QueueWatch } from './queue-watch.js';
import { jobIdOf, type ScoreJob, type WorkerIdentity, workerCommand } from './score-job.js';

const ROWS_PER_JOB = 32;
/** Jobs that wait or run at once: enough for many workers, little enough for the memory of Redis. */
const MOST_JOBS = 512;
const ATTEMPTS = 3;
/** After this long a job is put in again, which does nothing where it is there: Redis may have lost it. */
const ASK_AGAIN_MS = 10_000;
/** How long a run waits for a first worker. */
const PATIENCE_MS = 15_000;
const KEPT_SECONDS = 3600;

export interface QueueParts {
  /** Of the Redis server, without a password. */
  readonly address: string;
  readonly watch: QueueWatch;
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly identity: WorkerIdentity;
  readonly family: ScoreJob['family'];
}

/** Label scores computed by workers; words are resolved here. A row's bits are the same wherever it is computed. */
export class QueueScorer implements LabelScoresCapability {
  /** Likely answers are few rows, and the run's own model tells them. */
  readonly answerWords?: NonNullable<LabelScoresCapability['answerWords']>;
  private readonly counts = { rows: 0, requests: 0, inFlight: 0, waitMs: 0 };

  constructor(
    private readonly local: LabelScoresCapability,
    private readonly parts: QueueParts,
  ) {
    const answerWords = local.answerWords?.bind(local);
    if (answerWords) this.answerWords = answerWords;
  }

  resolveLabels(...request: Parameters<LabelScoresCapability['resolveLabels']>) {
    return this.local.resolveLabels(...request);
  }

  /** Jobs and rows so far, the workers that were there at the last look, and what keeps rows from coming back. */
  usage() {
    const { workers, trouble } = this.parts.watch;
    return { ...this.counts, workers, trouble: this.counts.inFlight > 0 ? trouble : undefined };
  }

  truncation(): { cut: number; total: number } {
    return this.local.truncation();
  }

  async labelScores(request: LabelScoreRequest): Promise<Float32Array> {
    await this.needWorker(request.signal);
    const width = request.labels.length;
    const scores = new Float32Array(request.rows.length * width);
    const starts = Array.from({ length: Math.ceil(request.rows.length / ROWS_PER_JOB) }, (_, i) => i * ROWS_PER_JOB);
    let next = 0;
    const feed = async (): Promise<void> => {
      for (let start = starts[next++]; start !== undefined; start = starts[next++]) {
        request.signal?.throwIfAborted();
        scores.set(await this.result(this.jobOf(request, start), width), start * width);
      }
    };
    const endFollowing = this.parts.watch.follow();
    try {
      await Promise.all(Array.from({ length: Math.min(MOST_JOBS, starts.length) }, feed));
    } finally {
      endFollowing();
    }
    return scores;
  }

  private jobOf({ template, labels, normalise, prompts, inputs, rows }: LabelScoreRequest, start: number): ScoreJob {
    const { family } = this.parts;
    return {
      template: template.source,
      family,
      labels: labels.map((word) => ({ ...word, tokenIds: [...word.tokenIds] })),
      normalise,
      rows: rows.slice(start, start + ROWS_PER_JOB).map(([prompt, input]) => [prompts[prompt]!, inputs[input]!]),
    };
  }

  private async result(job: ScoreJob, width: number): Promise<Float32Array> {
    const id = jobIdOf(job);
    this.counts.requests++;
    this.counts.inFlight++;
    try {
      const scores = await this.scoresOf(id, job, width);
      this.counts.rows += job.rows.length;
      return scores;
    } finally {
      this.counts.inFlight--;
    }
  }

  private async scoresOf(id: string, job: ScoreJob, width: number): Promise<Float32Array> {
    for (let asked = 0; ; asked++) {
      const put = await this.put(id, job, asked === 0);
      const returned = await this.waitFor(put);
      if (returned === undefined) continue;
      const scores = Float32Array.from(returned as number[]);
      if (scores.length === job.rows.length * width) return scores;
      await put.remove();
    }
  }

  /** Puts a job in, where it is not there yet; one that was set aside before gets another chance. */
  private async put(id: string, job: ScoreJob, isFirst: boolean): Promise<Job> {
    const put = await this.parts.queue.add('label-scores', job, {
      jobId: id,
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: 200 },
      removeOnComplete: { age: KEPT_SECONDS },
    });
    if (isFirst && (await put.isFailed())) await put.retry('failed');
    return put;
  }

  /** What the worker returned; undefined where it is time to ask again. */
  private async waitFor(job: Job): Promise<unknown> {
    try {
      return await job.waitUntilFinished(this.parts.events, ASK_AGAIN_MS);
    } catch (error) {
      if (await job.isFailed().catch(() => false)) throw setAside(job, (error as Error).message);
      return undefined;
    }
  }

  private async needWorker(signal: AbortSignal | undefined): Promise<void> {
    const { watch, identity, address } = this.parts;
    // Once there was a worker, jobs wait for the next one; the count is only shown.
    if (watch.hasSeenWorker) return void watch.look();
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      signal?.throwIfAborted();
      const others = await watch.look();
      if (watch.hasSeenWorker) return;
      if (others && performance.now() > until) throw noWorker(identity, others, address);
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

function noWorker(wanted: WorkerIdentity, others: readonly WorkerIdentity[], address: string): RlpromptError {
  const name = ({ version, model, dtype, digest, truncate }: WorkerIdentity) =>
    `rlprompt ${version} with ${model} (${dtype}, ${digest.slice(0, 8)}${truncate === 'tail' ? '' : `, --truncate ${truncate}`})`;
  const there = [...new Set(others.map(name))];
  return new RlpromptError({
    code: 'E_QUEUE_NO_WORKER',
    exit: 'unavailable',
    message: `no worker runs ${name(wanted)}; ${there.length > 0 ? `there are: ${there.join(', ')}` : 'there is none at all'}`,
    where: '--queue',
    kept: 'every score that was paid for',
    next: workerCommand(wanted, address),
  });
}

function setAside(job: Job, reason: string): RlpromptError {
  return new RlpromptError({
    code: 'E_QUEUE_JOB',
    exit: 'unavailable',
    message: `a job failed ${ATTEMPTS} times and was set aside: ${reason}`,
    where: `job ${job.id}`,
    kept: 'every score that was paid for; the job and its error stay in the queue',
    next: 'look at the log of the workers, then resume: the job gets another chance',
  });
}
