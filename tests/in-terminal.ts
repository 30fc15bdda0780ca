import { spawn, spawnSync } from 'node:child_process';

/** Whether util-linux `script`, which gives a program a terminal, is there. */
export const hasTerminals = spawnSync('script', ['--version']).status === 0;

/** A session that waits for something which is never drawn ends here. */
const LONGEST_MS = 60_000;

export interface TerminalSession {
  /** Everything that was drawn. */
  readonly output: string;
  readonly code: number | null;
}

/** Runs a shell command in a pseudo-terminal of 80 by 24 and presses keys, each when the text before it was drawn. */
export async function inTerminal(
  command: string,
  keys: readonly (readonly [shown: string, key: string])[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<TerminalSession> {
  const { CI: _, NO_COLOR: __, ...usual } = process.env;
  const child = spawn('script', ['-qfec', `stty cols 80 rows 24; ${command}`, '/dev/null'], {
    cwd,
    env: { ...usual, TERM: 'xterm-256color', NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const tooLong = setTimeout(() => child.kill(), LONGEST_MS);
  let output = '';
  let from = 0;
  const waiting = [...keys];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const next = waiting[0];
    if (!next || !output.slice(from).includes(next[0])) return;
    waiting.shift();
    from = output.length;
    child.stdin.write(next[1]);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(tooLong);
  return { output, code };
}
