import type { RlpromptError } from '../../errors.js';
import type { LmQuestion, RewardRow } from '../../task/define/reward-messages.js';
import type { RewardBatch, Task } from '../../task/types.js';
import { BoundedOutput } from '../../user-code/bounded-output.js';
import { mayPass } from '../../user-code/plug-in-error.js';
import { type PlugInOptions, PlugInProcess } from '../../user-code/plug-in-process.js';

/** How often one call is made before its failure ends the run. */
const ATTEMPTS = 3;
const MEMORY_LIMIT = 2 ** 30;

export interface RewardHostOptions {
  readonly timeoutMs: number;
  /** Failures in all before one ends the run; each call is tried three times at most in any case. */
  readonly maxErrors: number;
  /** Resident bytes. @default 1 GiB */
  readonly memoryLimit?: number;
  /** Receives what the reward prints, logs and throws, escaped and bounded, after each call. */
  readonly onOutput?: (text: string) => void;
  /** Receives failures that the run outlives. */
  readonly onFailure?: (error: RlpromptError) => void;
  answer(question: LmQuestion): Promise<unknown>;
}

/**
 * Runs a custom reward in a process of its own: a failure there is a failure of the call, never a low reward, and never
 * takes the program with it. A process that has failed is replaced.
 */
export class RewardHost {
  failures = 0;
  private process: PlugInProcess | undefined;
  private readonly output = new BoundedOutput();
  private readonly processOptions: PlugInOptions;

  constructor(
    task: Pick<Task, 'file' | 'source' | 'env'>,
    private readonly options: RewardHostOptions,
  ) {
    this.processOptions = {
      file: task.file!,
      isBuiltIn: task.source === 'built-in',
      env: task.env ?? [],
      timeoutMs: options.timeoutMs,
      memoryLimit: options.memoryLimit ?? MEMORY_LIMIT,
      output: this.output,
      answer: (question) => options.answer(question),
    };
  }

  /** @throws RlpromptError E_PLUGIN_…, after as many attempts as a failure of its kind is worth */
  async score(batch: RewardBatch, options: { seed: number; signal?: AbortSignal }): Promise<readonly RewardRow[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(batch, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!mayPass(error)) throw error;
        this.failures += 1;
        if (attempt === ATTEMPTS || this.failures > this.options.maxErrors) throw error;
        this.options.onFailure?.(error);
        // A service that hiccups gets a moment.
        if (error.code === 'E_PLUGIN_THROW') await pause(200 * 4 ** (attempt - 1));
      }
    }
  }

  close(): void {
    this.process?.kill({ code: 'E_PLUGIN_EXIT', message: 'the run has ended' });
    this.process = undefined;
  }

  private async attempt(
    batch: RewardBatch,
    { seed, signal }: { seed: number; signal?: AbortSignal },
  ): Promise<readonly RewardRow[]> {
    signal?.throwIfAborted();
    const onAbort = (): void => this.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (this.process?.ended) this.reportBetweenCalls(this.process);
      this.process ??= await PlugInProcess.start(this.processOptions);
      // While it was starting there was nothing yet to close.
      signal?.throwIfAborted();
      return await this.process.score(batch, seed);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (this.process?.ended) this.process = undefined;
      const text = this.output.take();
      if (text !== '') this.options.onOutput?.(text);
    }
  }

  /** What broke after its call was answered cost no reward; the log says so. */
  private reportBetweenCalls(process: PlugInProcess): void {
    const { message, stack } = process.ended!;
    this.output.append(Buffer.from(`after its last answer ${stack ?? message}\n`));
    this.process = undefined;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
