import { writeSync } from 'node:fs';
import { EXIT_CODES, RlpromptError } from '../errors.js';
import type { CliContext } from './shared/context.js';

let hasEnded = false;
let isFailing = false;

const context: CliContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  hasResult: false,
  abort: (error) => {
    writeSync(2, `${error.line()}\n`);
    return exit(error.exitCode);
  },
};

function exit(code: number): never {
  hasEnded = true;
  process.exit(code);
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
  const { runCommandLine } = await import('./program.js');
  await runCommandLine(argv, context);
}

async function fail(thrown: unknown): Promise<void> {
  if (isFailing) return;
  isFailing = true;
  const error = toRlpromptError(thrown);
  const { writeError } = await import('./shared/write-error.js');
  await writeError(error, { context, asJson: wantsJson(process.argv), thrown });
  await end(error.exitCode);
}

function toRlpromptError(thrown: unknown): RlpromptError {
  if (thrown instanceof RlpromptError) return thrown;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `thrown: ${String(thrown)}`;
  return new RlpromptError({
    code: 'E_INTERNAL',
    exit: 'internal',
    message,
    next: 'RLPROMPT_DEBUG=1 shows more',
    cause: thrown,
  });
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(2, end < 0 ? undefined : end).includes('--json');
}

/** Waits until everything written has left: pipes are asynchronous, and exiting would cut them short. */
async function end(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  return exit(code);
}

// A reader that has gone (head, less) or a closed terminal is no reason to fail.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

// A promise that never settles, or a plug-in that calls process.exit(0), must not look like success.
process.on('exit', () => {
  if (hasEnded) return;
  process.exitCode = EXIT_CODES.internal;
  writeSync(2, 'rlprompt: E_NO_END: the program ended before its work did · what was saved stands\n');
});
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (reason) => void fail(reason));

main(process.argv.slice(2)).then(() => end(EXIT_CODES.ok), fail);
