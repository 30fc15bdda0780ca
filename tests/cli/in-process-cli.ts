import { PassThrough } from 'node:stream';
import type { CliContext } from '../../src/cli/output/context.js';
import { writeError } from '../../src/cli/output/write-error.js';
import { runCommandLine } from '../../src/cli/program.js';
import { EXIT_CODES, RlpromptError } from '../../src/errors.js';
import { emptyFolder, type Outcome, type SpawnOptions } from './spawn-cli.js';

type Surroundings = Pick<SpawnOptions, 'cwd' | 'env'> & {
  /** Of the terminal that stdout is, where it is one. */
  readonly columns?: number;
};

/** The folder and the environment are those of the whole process, so commands run one after another. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a command line as `runCli` does, but in this process: everything but `src/cli/main.ts`, without the time that a
 * process takes to load the program. What is thrown that has no code is thrown on.
 */
export function runInProcess(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const outcome = turn.then(() => run(args, surroundings));
  turn = outcome.catch(() => undefined);
  return outcome;
}

async function run(
  args: readonly string[],
  { cwd = emptyFolder(), env = {}, columns }: Surroundings,
): Promise<Outcome> {
  const [stdout, stderr] = [new Written(), new Written()];
  const context: CliContext = {
    stdout: { write: (text) => void stdout.write(text), ...(columns === undefined ? {} : { columns }) },
    stderr: stderr as unknown as NodeJS.WriteStream,
    stdin: new PassThrough().end() as unknown as NodeJS.ReadStream,
    env: process.env,
    asStarted: (text) => text,
    hasResult: false,
    abort: (error) => {
      throw error;
    },
  };
  const leave = enter({ cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env } });
  try {
    await runCommandLine(args, context);
    return { code: EXIT_CODES.ok, stdout: stdout.text, stderr: stderr.text };
  } catch (thrown) {
    if (!(thrown instanceof RlpromptError)) throw thrown;
    writeError(thrown, { context, asJson: args.includes('--json'), thrown });
    return { code: thrown.exitCode, stdout: stdout.text, stderr: stderr.text };
  } finally {
    leave();
  }
}

/** What was written, no terminal. */
class Written extends PassThrough {
  text = '';

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    this.text += String(chunk);
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives the process another folder and environment; what comes back takes it home, without what a command listens to. */
function enter({ cwd, env }: Required<Omit<Surroundings, 'columns'>>): () => void {
  const [home, before] = [process.cwd(), { ...process.env }];
  const listening = SIGNALS.map((signal) => new Set(process.listeners(signal)));
  const become = (folder: string, variables: NodeJS.ProcessEnv): void => {
    process.chdir(folder);
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, variables);
  };
  become(cwd, env);
  return () => {
    become(home, before);
    for (const [i, signal] of SIGNALS.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!listening[i]?.has(listener)) process.off(signal, listener);
      }
    }
  };
}
