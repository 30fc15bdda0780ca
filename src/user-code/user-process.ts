import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { PACKAGE_ROOT } from '../package-root.js';
import {
  type FromHost,
  type HostedKind,
  LAST_WORDS_FD,
  type RewardFault,
  type ToHost,
} from '../task/define/reward-messages.js';
import type { BoundedOutput } from './bounded-output.js';
import { Deadline } from './deadline.js';
import { plugInError } from './plug-in-error.js';

/** The build's, also for a program that runs from its sources: with a loader for TypeScript a process starts four times as slowly. */
const HOST_FILE = path.join(PACKAGE_ROOT, 'dist', 'src', 'task-host', 'main.js');

export interface UserProcessOptions {
  readonly kind: HostedKind;
  /** The file that errors name. */
  readonly file: string;
  /** Resident bytes. */
  readonly memoryLimit: number;
  readonly env: NodeJS.ProcessEnv;
  /** What the code prints. @default to the program's own standard error */
  readonly output?: BoundedOutput;
}

/** One life of a process that runs code of the user. Once it has failed in any way it is not used again. */
export class UserProcess {
  private readonly child: ChildProcess;
  private readonly onMessage = new Set<(message: FromHost) => void>();
  private readonly onEnd = new Set<(fault: RewardFault) => void>();
  private lastWords = '';
  /** V8 said so before it ended the process. */
  private isOutOfHeap = false;
  /** Why it ended; undefined while it lives. */
  ended: RewardFault | undefined;

  constructor(private readonly options: UserProcessOptions) {
    const printed = options.output ? 'pipe' : process.stderr.fd;
    this.child = fork(HOST_FILE, [], {
      // Not the program's own: a loader or an inspector.
      execArgv: [],
      env: options.env,
      stdio: ['ignore', printed, printed, 'ipc', 'pipe'],
      serialization: 'advanced',
      // Leads a group of its own: Ctrl-C is for the program to handle, and what the code starts ends with it.
      detached: process.platform !== 'win32',
    });
    this.listen();
  }

  /**
   * Sends a message and waits until one of those that come back settles it.
   *
   * @throws RlpromptError as the process ended, or as the fault that settled it
   */
  request<Answer>(
    message: ToHost,
    timeoutMs: number,
    onMessage: (message: FromHost, settle: Settle<Answer>, deadline: Deadline) => void,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const finish = (then: () => void): void => {
        deadline.stop();
        this.onMessage.delete(receive);
        this.onEnd.delete(settle.fault);
        then();
      };
      const settle: Settle<Answer> = {
        resolve: (answer) => finish(() => resolve(answer)),
        reject: (error) => finish(() => reject(error)),
        fault: (fault) => finish(() => reject(this.errorOf(fault))),
      };
      const deadline = new Deadline(timeoutMs, () => this.kill(this.timeout(message, timeoutMs)));
      const receive = (reply: FromHost): void => onMessage(reply, settle, deadline);
      this.onMessage.add(receive);
      this.onEnd.add(settle.fault);
      if (this.ended) settle.fault(this.ended);
      else this.child.send(message, () => {});
    });
  }

  send(message: ToHost): void {
    if (!this.ended && this.child.connected) this.child.send(message, () => {});
  }

  /** Ends the process and whatever it has started, at once. */
  kill(fault: RewardFault): void {
    this.end(fault);
    this.killGroup();
  }

  private killGroup(): void {
    const { pid } = this.child;
    try {
      if (process.platform === 'win32' || pid === undefined) this.child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }

  private errorOf(fault: RewardFault): Error {
    if (fault.stack) this.options.output?.append(Buffer.from(`${fault.stack}\n`));
    return plugInError(fault, this.options.file, this.options.kind);
  }

  private listen(): void {
    const { child } = this;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.isOutOfHeap ||= chunk.includes('JavaScript heap out of memory');
        this.options.output?.append(chunk);
      });
    }
    (child.stdio[LAST_WORDS_FD] as Readable).on('data', (chunk: Buffer) => {
      this.lastWords += chunk.toString().slice(0, 100);
    });
    child.on('message', (message) => this.receive(message as FromHost));
    child.on('error', (error) =>
      this.end({ code: 'E_PLUGIN_EXIT', message: `the ${this.options.kind}’s process failed: ${error}` }),
    );
    // What it started may hold its pipes open; 'close', not 'exit', because by then its last words are read.
    child.on('exit', () => this.killGroup());
    child.on('close', (code, signal) => this.end(this.faultOfExit(code, signal)));
  }

  private receive(message: FromHost): void {
    if (message.type === 'log') this.options.output?.append(Buffer.from(`${message.text}\n`));
    else if (message.type === 'stray') this.kill(message.fault);
    else for (const listener of [...this.onMessage]) listener(message);
  }

  private end(fault: RewardFault): void {
    this.ended ??= fault;
    for (const listener of [...this.onEnd]) listener(this.ended);
  }

  private timeout({ type }: ToHost, timeoutMs: number): RewardFault {
    const { kind } = this.options;
    const failed = type === 'load' ? `the file of the ${kind} did not finish loading` : `the ${kind} gave no answer`;
    return { code: 'E_PLUGIN_TIMEOUT', message: `${failed} within ${timeoutMs / 1000} s and its process was ended` };
  }

  private faultOfExit(code: number | null, signal: NodeJS.Signals | null): RewardFault {
    const { kind, memoryLimit } = this.options;
    if (this.lastWords.startsWith('memory')) {
      const message = `the ${kind}’s process took more than ${Math.round(memoryLimit / 2 ** 20)} MiB and was ended`;
      return { code: 'E_PLUGIN_OOM', message };
    }
    // V8 gives up by itself where its own limit is lower than ours.
    if (this.isOutOfHeap) return { code: 'E_PLUGIN_OOM', message: `the ${kind}’s process ran out of heap memory` };
    const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
    return { code: 'E_PLUGIN_EXIT', message: `the ${kind}’s process ${how} without an answer` };
  }
}

/** Ends the wait for an answer. */
export interface Settle<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  /** With the error that users see of it. */
  fault(fault: RewardFault): void;
}
