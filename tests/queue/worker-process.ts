import { type ChildProcess, spawn } from 'node:child_process';
import { BIN, TINY_MODEL } from '../cli/spawn-cli.js';

export interface WorkerProcessOptions {
  readonly bin?: string;
  readonly target?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `rlprompt worker` as a process, once it says that it is ready. */
export async function startWorkerProcess(queue: string, options: WorkerProcessOptions = {}): Promise<ChildProcess> {
  const { bin = BIN, target = TINY_MODEL, flags = [], env = {} } = options;
  const child = spawn(process.execPath, [bin, 'worker', '--queue', queue, '--target', target, ...flags], {
    env: { ...process.env, ...env },
  });
  let said = '';
  await new Promise<void>((ready, failed) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('worker ready')) ready();
    });
    child.once('exit', () => failed(new Error(`the worker ended: ${said}`)));
  });
  return child;
}
