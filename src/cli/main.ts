import { closeSync, writeSync } from 'node:fs';
import { EXIT_CODES, RlpromptError } from '../errors.js';
import { osLimitOf, systemErrorOf } from '../files/io-error.js';
import { requireSomeAddresses } from '../files/memory-limits.js';
import { runtimeCalls } from '../lm/onnx/runtime/runtime-calls.js';
import { safeText } from '../ui/draw/safe-text.js';
import { COMMANDS } from './commands/commands.js';
import { completeError } from './output/complete-error.js';
import type { CliContext } from './output/context.js';
import { StandardOutput } from './output/standard-output.js';
import { asStarted } from './output/started-as.js';
import { isEndedBySignal, type StopSignal, setSignalEnd } from './signals/signals.js';

let hasEnded = false;
let isFailing = false;
const stdout = new StandardOutput(process.stdout);

const context: CliContext = {
  stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  asStarted: (text, cwd = currentFolder()) => {
    const names = COMMANDS.map(({ name }) => name);
    return cwd === undefined ? text : asStarted(text, names, { script: process.argv[1], cwd, env: process.env });
  },
  hasResult: false,
  abort: (error) => {
    writeLine(context.asStarted(error.line()));
    return exit(error.exitCode);
  },
};

/** Undefined where the folder was removed under the program. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function exit(code: number): never {
  hasEnded = true;
  if (code === EXIT_CODES.hangup) letGoOfTerminal();
  if (!runtimeCalls.isIdle) dieWith(code);
  process.exit(code);
}

const SIGNALS: Readonly<Record<number, StopSignal>> = {
  [EXIT_CODES.hangup]: 'SIGHUP',
  [EXIT_CODES.interrupted]: 'SIGINT',
  [EXIT_CODES.terminated]: 'SIGTERM',
};

/** Ends the process where the runtime's thread is computing: an ordinary end would wait for it, and crash. Shells see the same code. */
function dieWith(code: number): void {
  const signal = SIGNALS[code];
  if (signal !== undefined) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  process.kill(process.pid, 'SIGKILL');
}

/** How long the runtime may take to finish a call before the process ends all the same. */
const RUNTIME_MS = 800;

async function finishRuntime(): Promise<void> {
  const late = new Promise((done) => setTimeout(done, RUNTIME_MS));
  await Promise.race([runtimeCalls.close(), late]);
}

/** At its end Node restores the terminal's settings, and crashes where the terminal was closed in the meantime. */
function letGoOfTerminal(): void {
  for (const [fd, stream] of [process.stdin, process.stdout, process.stderr].entries()) {
    if (!stream.isTTY) continue;
    try {
      closeSync(fd);
    } catch {
      // It was gone already.
    }
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new RlpromptError({
      code: 'E_NODE_VERSION',
      exit: 'unavailable',
      message: `Node ${process.versions.node} is too old, 20.19 or later is needed`,
      next: 'https://nodejs.org/en/download',
    });
  }
  requireSomeAddresses();
  const { runCommandLine } = await import('./program.js');
  await runCommandLine(argv, context);
}

async function fail(thrown: unknown): Promise<void> {
  if (isFailing) return;
  isFailing = true;
  const error = toRlpromptError(thrown);
  try {
    const { writeError } = await import('./output/write-error.js');
    writeError(error, { context, asJson: wantsJson(process.argv), thrown });
  } catch {
    // Where no more files can be opened, no more code can be loaded.
    writeLine(completeError(error).line());
  }
  await end(error.exitCode);
}

function toRlpromptError(thrown: unknown): RlpromptError {
  if (thrown instanceof RlpromptError) return thrown;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `thrown: ${String(thrown)}`;
  const limit = osLimitOf(thrown);
  if (limit) return new RlpromptError({ code: 'E_OS_LIMIT', exit: 'osLimit', message, next: limit, cause: thrown });
  if (currentFolder() === undefined) {
    return new RlpromptError({
      code: 'E_FILE_NOT_FOUND',
      exit: 'missingInput',
      message: 'the folder that the program was started in is not there any more',
      next: 'change to another folder, then repeat the command',
      cause: thrown,
    });
  }
  const refused = systemErrorOf(thrown);
  if (refused) return refused;
  return new RlpromptError({
    code: 'E_INTERNAL',
    exit: 'internal',
    message,
    next: 'RLPROMPT_DEBUG=1 shows more',
    cause: thrown,
  });
}

function stoppedBy(signal: StopSignal): RlpromptError {
  const exit = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'hangup' } as const;
  const { resumeWith: next = 'repeat the command', keptAtStop: kept = 'every file that was finished' } = context;
  return new RlpromptError({ code: 'E_INTERRUPTED', exit: exit[signal], message: `stopped by ${signal}`, kept, next });
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(2, end < 0 ? undefined : end).includes('--json');
}

/** How long what was written may take to leave after a signal: a reader may have stopped reading without leaving. */
const OUTPUT_MS = 1000;

/** Waits until everything written has left: pipes are asynchronous, and exiting would cut them short. */
async function end(code: number): Promise<never> {
  if (!runtimeCalls.isIdle) await finishRuntime();
  const isStopped = SIGNALS[code] !== undefined;
  for (const [exitCode, signal] of Object.entries(SIGNALS)) process.on(signal, () => leave(signal, Number(exitCode)));
  const left = [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done)));
  const late = new Promise((done) => isStopped && setTimeout(done, OUTPUT_MS));
  await Promise.race([Promise.all(left), late]);
  if (code !== EXIT_CODES.ok || !stdout.failure) return exit(code);
  const error = outputLost(stdout.failure);
  writeLine(error.line());
  return exit(error.exitCode);
}

/** Ends at a signal that comes while the output is waiting for its reader. */
function leave(signal: StopSignal, code: number): never {
  if (!isFailing) writeLine(completeError(stoppedBy(signal)).line());
  return exit(code);
}

function outputLost(cause: Error): RlpromptError {
  return new RlpromptError({
    code: 'E_OUTPUT_LOST',
    exit: 'io',
    message: `the result could not be written to standard output: ${cause.message}`,
    kept: 'every file that the command wrote',
    next: 'free some space or send the output elsewhere, then repeat the command',
    cause,
  });
}

/** On stderr, past every buffer; where even that is full there is nobody left to tell. */
function writeLine(line: string): void {
  try {
    writeSync(2, `${safeText(line)}\n`);
  } catch {}
}

// What is said beside the result is worth no failure: the terminal may be closed, the disk of a log full.
process.stderr.on('error', () => {});
// A limit on the size of files is an error of the write that meets it, not the end of the program.
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});

// A promise that never settles, or a plug-in that calls process.exit(0), must not look like success.
process.on('exit', () => {
  if (hasEnded || isEndedBySignal()) return;
  process.exitCode = EXIT_CODES.internal;
  writeLine('rlprompt: E_NO_END: the program ended before its work did · what was saved is kept · repeat the command');
});
setSignalEnd((signal) => void fail(stoppedBy(signal)));
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (reason) => void fail(reason));

// A failure beside the command is being told: it ends the program, with its own code.
main(process.argv.slice(2)).then(() => (isFailing ? undefined : end(EXIT_CODES.ok)), fail);
