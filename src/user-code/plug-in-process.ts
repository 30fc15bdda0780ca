import { RlpromptError } from '../errors.js';
import type { EnvironmentCall, LmQuestion, RewardFault, RewardRow, ToHost } from '../task/define/reward-messages.js';
import type { EnvironmentFacts } from '../task/environment.js';
import type { RewardBatch } from '../task/types.js';
import type { BoundedOutput } from './bounded-output.js';
import type { Deadline } from './deadline.js';
import { type Settle, UserProcess } from './user-process.js';

/** Environment variables that a reward sees; what a task names in `env` comes on top. */
const ENVIRONMENT =
  /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;
/** A process takes a moment to start, however quickly its code is to answer. */
const LEAST_LOAD_MS = 3000;

export interface PlugInOptions {
  /** @default 'reward' */
  readonly kind?: 'reward' | 'environment';
  readonly file: string;
  readonly isBuiltIn: boolean;
  /** Names of environment variables that the task asks for. */
  readonly env: readonly string[];
  /** How long loading may take, or one answer. */
  readonly timeoutMs: number;
  /** Resident bytes. */
  readonly memoryLimit: number;
  readonly output: BoundedOutput;
  /** Answers what a reward asks a language model. */
  answer(question: LmQuestion): Promise<unknown>;
}

/** One life of the process in which a custom reward or an environment runs. */
export class PlugInProcess {
  private readonly process: UserProcess;
  private calls = 0;
  /** Why the target LM did not answer: where the reward then fails, this is the reason. */
  private lmError: RlpromptError | undefined;
  /** What an environment says of itself; undefined in the process of a reward. */
  environment: EnvironmentFacts | undefined;

  private constructor(private readonly options: PlugInOptions) {
    const { kind = 'reward', file, memoryLimit, output } = options;
    this.process = new UserProcess({ kind, file, memoryLimit, output, env: environment(options.env) });
  }

  /** @throws RlpromptError E_PLUGIN_LOAD, or as the process ended */
  static async start(options: PlugInOptions): Promise<PlugInProcess> {
    const started = new PlugInProcess(options);
    const { kind = 'reward', file, isBuiltIn, memoryLimit } = options;
    const message: ToHost = { type: 'load', kind, file, isBuiltIn, memoryLimit };
    const timeoutMs = Math.max(options.timeoutMs, LEAST_LOAD_MS);
    started.environment = await started.process.request(message, timeoutMs, (reply, settle) => {
      if (reply.type === 'loaded') settle.resolve(reply.environment);
      if (reply.type === 'load-failed') settle.fault(reply.fault);
    });
    return started;
  }

  /** Why it ended; undefined while it lives. */
  get ended(): RewardFault | undefined {
    return this.process.ended;
  }

  /** @throws RlpromptError E_PLUGIN_… */
  async score(batch: RewardBatch, seed: number): Promise<readonly RewardRow[]> {
    const call = this.calls++;
    this.lmError = undefined;
    const message: ToHost = { type: 'call', call, batch, seed };
    return await this.process.request<readonly RewardRow[]>(
      message,
      this.options.timeoutMs,
      (reply, settle, deadline) => {
        if (!('call' in reply) || reply.call !== call) return;
        if (reply.type === 'answers') settle.resolve(reply.rows);
        if (reply.type === 'failed') this.fail(reply.fault, settle);
        if (reply.type === 'lm-question') void this.answer(reply.id, reply.question, deadline);
      },
    );
  }

  /** What the environment answers, not checked. @throws RlpromptError E_PLUGIN_… */
  async act(ask: EnvironmentCall): Promise<unknown> {
    const call = this.calls++;
    return await this.process.request<unknown>({ type: 'act', call, ask }, this.options.timeoutMs, (reply, settle) => {
      if (!('call' in reply) || reply.call !== call) return;
      if (reply.type === 'acted') settle.resolve(reply.answer);
      if (reply.type === 'failed') settle.fault(reply.fault);
    });
  }

  /** Ends the process and whatever it has started, at once. */
  kill(fault: RewardFault): void {
    this.process.kill(fault);
  }

  private fail<Answer>(fault: RewardFault, settle: Settle<Answer>): void {
    if (fault.code === 'E_PLUGIN_THROW' && this.lmError) {
      if (fault.stack) this.options.output.append(Buffer.from(`${fault.stack}\n`));
      settle.reject(this.lmError);
    } else settle.fault(fault);
  }

  private async answer(id: number, question: LmQuestion, deadline: Deadline): Promise<void> {
    deadline.pause();
    try {
      const value = await this.options.answer(question);
      this.process.send({ type: 'lm-answer', id, value });
    } catch (error) {
      if (error instanceof RlpromptError) this.lmError = error;
      const message = error instanceof Error ? error.message : String(error);
      this.process.send({ type: 'lm-error', id, message });
    }
    deadline.resume();
  }
}

function environment(names: readonly string[]): NodeJS.ProcessEnv {
  const isPassed = (name: string): boolean => ENVIRONMENT.test(name) || names.includes(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isPassed(name)));
}
