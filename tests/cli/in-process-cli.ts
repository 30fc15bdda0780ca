import { PassThrough } from 'node:stream';
import { writeError } from '../../src/cli/output/write-error.js';
import { runCommandLine } from '../../src/cli/program.js';
import type { CliContext } from '../../src/cli/shared/context.js';
import { EXIT_CODES, RlpromptError } from '../../src/errors.js';
import type { Outcome } from './spawn-cli.js';

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command line as `runCli` does, but in this process: everything but `src/cli/main.ts`, at a tenth of the time. What
 * is thrown that has no code is thrown on.
 */
export async function runInProcess(args: readonly string[], { cwd, env = {} }: Surroundings): Promise<Outcome> {
  const [stdout, stderr] = [new Written(), new Written()];
  const context: CliContext = {
    stdout: { write: (text) => void stdout.write(text) },
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

  override write(chunk: unknown): boolean {
    this.text += String(chunk);
    return true;
  }
}

/** Gives the process another folder and environment; what comes back takes it home. */
function enter({ cwd, env }: Required<Surroundings>): () => void {
  const [home, before] = [process.cwd(), { ...process.env }];
  const become = (folder: string, variables: NodeJS.ProcessEnv): void => {
    process.chdir(folder);
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, variables);
  };
  become(cwd, env);
  return () => become(home, before);
}
