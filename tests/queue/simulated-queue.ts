import { expect } from 'vitest';
import type { ScoreJob } from '../../src/queue/score-job.js';

/** What may go wrong with one message; afterwards everything arrives. */
export const TROUBLES = ['none', 'lost', 'twice', 'stalled', 'cut short', 'unheard'] as const;

export type Trouble = (typeof TROUBLES)[number];

interface Kept {
  readonly job: ScoreJob;
  result: number[] | undefined;
}

/** Decides when something happens, among all that is under way. */
type Schedule = (what: string) => Promise<void>;

/** A queue and its workers in memory, whose messages are lost, repeated, late and out of order as a schedule says. */
export class SimulatedQueue {
  /** Rows that workers computed, each time anew. */
  computedRows = 0;
  private readonly jobs = new Map<string, Kept>();
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(
    private readonly schedule: Schedule,
    private readonly nextTrouble: () => Trouble,
    private readonly scoresOf: (job: ScoreJob) => number[],
  ) {}

  async add(_name: string, job: ScoreJob, { jobId }: { readonly jobId: string }) {
    await this.schedule('put');
    // What was acknowledged may be lost: a server that is started again knows nothing of it.
    if (!this.jobs.has(jobId) && this.nextTrouble() !== 'lost') {
      this.jobs.set(jobId, { job, result: undefined });
      void this.work(jobId);
    }
    return {
      id: jobId,
      isFailed: async () => false,
      remove: async () => {
        await this.schedule('remove');
        this.jobs.delete(jobId);
      },
      waitUntilFinished: () => this.wait(jobId),
    };
  }

  private async work(id: string): Promise<void> {
    await this.schedule('take');
    const trouble = this.nextTrouble();
    // A worker that is gone loses its job to the next; a slow one computes it beside the next.
    if (trouble === 'stalled' || trouble === 'twice') void this.work(id);
    if (trouble === 'stalled') return;
    const kept = this.jobs.get(id);
    if (!kept) return;
    this.computedRows += kept.job.rows.length;
    const result = this.scoresOf(kept.job);
    await this.schedule('return');
    if (trouble !== 'cut short' && kept.result?.length === result.length) expect(result).toEqual(kept.result);
    kept.result ??= trouble === 'cut short' ? result.slice(1) : result;
    if (trouble !== 'unheard') for (const tell of this.listeners.get(id) ?? []) tell();
  }

  /** As a queue does: at once where the job is done, else at its event, which may come after the patience has ended. */
  private async wait(id: string): Promise<number[]> {
    const told = this.jobs.get(id)?.result;
    if (told) return told;
    await new Promise<void>((resolve, reject) => {
      const listeners = this.listeners.get(id) ?? new Set();
      this.listeners.set(id, listeners.add(resolve));
      this.schedule('lose patience').then(() => reject(new Error('timed out')));
    });
    const heard = this.jobs.get(id)?.result;
    if (!heard) throw new Error('the job is gone');
    return heard;
  }
}
