import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RlpromptError } from '../../errors.js';
import type {
  EnvironmentCall,
  FromHost,
  HostedKind,
  LmQuestion,
  RewardFault,
  RewardRow,
  ToHost,
} from '../../task/define/reward-messages.js';
import { LAST_WORDS_FD } from '../../task/define/reward-messages.js';
import type { EnvironmentFacts } from '../../task/environment.js';
import type { RewardBatch } from '../../task/types.js';
import { Deadline } from './custom-deadline.js';
import { rewardError } from './custom-error.js';
import type { BoundedOutput } from './custom-output.js';

const THIS_FILE = fileURLToPath(import.meta.url);
const IS_SOURCE = path.extname(THIS_FILE) === '.ts';
const HOST_FILE = path.join(path.dirname(THIS_FILE), '..', '..', 'task-host', `main${path.extname(THIS_FILE)}`);
/** Environment variables that a reward sees; what a task names in `env` comes on top. */
const ENVIRONMENT =
  /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;
const LOAD_TIMEOUT_MS = 60_000;

export interface ProcessOptions {
  /** @default 'reward' */
  readonly kind?: HostedKind;
  readonly file: string;
  readonly isBuiltIn: boolean;
  /** Names of environment variables that the task asks for. */
  readonly env: readonly string[];
  readonly timeoutMs: number;
  /** Resident bytes. */
  readonly memoryLimit: number;
  readonly output: BoundedOutput;
  /** Answers what a reward asks a language model. */
  answer(question: LmQuestion): Promise<unknown>;
}

/** One life of the process in which a custom reward runs. Once it has failed in any way it is not used again. */
export class RewardProcess {
  private readonly child: ChildProcess;
  private readonly onMessage = new Set<(message: FromHost) => void>();
  private readonly onEnd = new Set<(fault: RewardFault) => void>();
  private lastWords = '';
  private calls = 0;
  /** V8 said so before it ended the process. */
  private isOutOfHeap = false;
  /** Why the target LM did not answer: where the reward then fails, this is the reason. */
  private lmError: RlpromptError | undefined;
  /** What an environment says of itself; undefined in the process of a reward. */
  environment: EnvironmentFacts | undefined;
  /** Why it ended; undefined while it lives. */
  ended: RewardFault | undefined;

  private constructor(private readonly options: ProcessOptions) {
    this.child = fork(HOST_FILE, [], {
      // From its sources the program needs a loader for TypeScript there too.
      execArgv: IS_SOURCE ? ['--import', typescriptLoader()] : [],
      env: environment(options.env),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      serialization: 'advanced',
      // Leads a group of its own: Ctrl-C is for the program to handle, and what the reward starts ends with it.
      detached: process.platform !== 'win32',
    });
    this.listen();
  }

  /** @throws RlpromptError E_PLUGIN_LOAD, or as the process ended */
  static async start(options: ProcessOptions): Promise<RewardProcess> {
    const started = new RewardProcess(options);
    const { kind = 'reward', file, isBuiltIn, memoryLimit } = options;
    const message: ToHost = { type: 'load', kind, file, isBuiltIn, memoryLimit };
    started.environment = await started.request(message, LOAD_TIMEOUT_MS, (reply, settle) => {
      if (reply.type === 'loaded') settle.resolve(reply.environment);
      if (reply.type === 'load-failed') settle.reject(reply.fault);
    });
    return started;
  }

  /** @throws RlpromptError E_PLUGIN_… */
  async score(batch: RewardBatch, seed: number): Promise<readonly RewardRow[]> {
    const call = this.calls++;
    this.lmError = undefined;
    const message: ToHost = { type: 'call', call, batch, seed };
    return await this.request<readonly RewardRow[]>(message, this.options.timeoutMs, (reply, settle, deadline) => {
      if (!('call' in reply) || reply.call !== call) return;
      if (reply.type === 'answers') settle.resolve(reply.rows);
      if (reply.type === 'failed') settle.reject(reply.fault);
      if (reply.type === 'lm-question') void this.answer(reply.id, reply.question, deadline);
    });
  }

  /** What the environment answers, not checked. @throws RlpromptError E_PLUGIN_… */
  async act(ask: EnvironmentCall): Promise<unknown> {
    const call = this.calls++;
    return await this.request<unknown>({ type: 'act', call, ask }, this.options.timeoutMs, (reply, settle) => {
      if (!('call' in reply) || reply.call !== call) return;
      if (reply.type === 'acted') settle.resolve(reply.answer);
      if (reply.type === 'failed') settle.reject(reply.fault);
    });
  }

  /** Ends the process and whatever it has started, at once. */
  kill(fault: RewardFault): void {
    this.end(fault);
    this.killGroup();
  }

  private get kind(): HostedKind {
    return this.options.kind ?? 'reward';
  }

  private killGroup(): void {
    try {
      if (process.platform === 'win32') this.child.kill('SIGKILL');
      else process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  private request<Answer>(
    message: ToHost,
    timeoutMs: number,
    onMessage: (message: FromHost, settle: Settle<Answer>, deadline: Deadline) => void,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const finish = (then: () => void): void => {
        deadline.stop();
        this.onMessage.delete(receive);
        this.onEnd.delete(settle.reject);
        then();
      };
      const settle: Settle<Answer> = {
        resolve: (answer) => finish(() => resolve(answer)),
        reject: (fault) => finish(() => reject(this.errorOf(fault))),
      };
      const deadline = new Deadline(timeoutMs, () => this.kill(timeout(this.kind, timeoutMs)));
      const receive = (reply: FromHost): void => onMessage(reply, settle, deadline);
      this.onMessage.add(receive);
      this.onEnd.add(settle.reject);
      if (this.ended) settle.reject(this.ended);
      else this.child.send(message, () => {});
    });
  }

  private errorOf(fault: RewardFault): Error {
    if (fault.stack) this.options.output.append(Buffer.from(`${fault.stack}\n`));
    if (fault.code === 'E_PLUGIN_THROW' && this.lmError) return this.lmError;
    return rewardError(fault, this.options.file, this.kind);
  }

  private async answer(id: number, question: LmQuestion, deadline: Deadline): Promise<void> {
    deadline.pause();
    try {
      const value = await this.options.answer(question);
      this.send({ type: 'lm-answer', id, value });
    } catch (error) {
      if (error instanceof RlpromptError) this.lmError = error;
      this.send({ type: 'lm-error', id, message: error instanceof Error ? error.message : String(error) });
    }
    deadline.resume();
  }

  private send(message: ToHost): void {
    if (!this.ended && this.child.connected) this.child.send(message, () => {});
  }

  private listen(): void {
    const { child } = this;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.isOutOfHeap ||= chunk.includes('JavaScript heap out of memory');
        this.options.output.append(chunk);
      });
    }
    (child.stdio[LAST_WORDS_FD] as Readable).on('data', (chunk: Buffer) => {
      this.lastWords += chunk.toString().slice(0, 100);
    });
    child.on('message', (message) => this.receive(message as FromHost));
    child.on('error', (error) =>
      this.end({ code: 'E_PLUGIN_EXIT', message: `the ${this.kind}’s process failed: ${error}` }),
    );
    // What it started may hold its pipes open; 'close', not 'exit', because by then its last words are read.
    child.on('exit', () => this.killGroup());
    child.on('close', (code, signal) => this.end(this.faultOfExit(code, signal)));
  }

  private receive(message: FromHost): void {
    if (message.type === 'log') this.options.output.append(Buffer.from(`${message.text}\n`));
    else if (message.type === 'stray') this.kill(message.fault);
    else for (const listener of [...this.onMessage]) listener(message);
  }

  private end(fault: RewardFault): void {
    this.ended ??= fault;
    for (const listener of [...this.onEnd]) listener(this.ended);
  }

  private faultOfExit(code: number | null, signal: NodeJS.Signals | null): RewardFault {
    const { memoryLimit } = this.options;
    if (this.lastWords.startsWith('memory')) {
      const message = `the ${this.kind}’s process took more than ${Math.round(memoryLimit / 2 ** 20)} MiB and was ended`;
      return { code: 'E_PLUGIN_OOM', message };
    }
    // V8 gives up by itself where its own limit is lower than ours.
    if (this.isOutOfHeap) return { code: 'E_PLUGIN_OOM', message: `the ${this.kind}’s process ran out of heap memory` };
    const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
    return { code: 'E_PLUGIN_EXIT', message: `the ${this.kind}’s process ${how} without an answer` };
  }
}

interface Settle<Answer> {
  resolve(answer: Answer): void;
  reject(fault: RewardFault): void;
}

function timeout(kind: HostedKind, timeoutMs: number): RewardFault {
  return {
    code: 'E_PLUGIN_TIMEOUT',
    message: `the ${kind} gave no answer within ${timeoutMs / 1000} s and its process was ended`,
  };
}

function environment(names: readonly string[]): NodeJS.ProcessEnv {
  const isPassed = (name: string): boolean => ENVIRONMENT.test(name) || names.includes(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isPassed(name)));
}

function typescriptLoader(): string {
  const folder = path.dirname(createRequire(import.meta.url).resolve('jiti/package.json'));
  return pathToFileURL(path.join(folder, 'lib', 'jiti-register.mjs')).href;
}
