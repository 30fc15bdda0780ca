import { basename, relative, sep } from 'node:path';
import { shellWord } from '../../shell-word.js';

/** What tells how the program was started. */
export interface Start {
  /** The script as Node was given it. */
  readonly script: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The words that start the program as the user did: `rlprompt`, `npx rlprompt` or `node bin/rlprompt.js`. */
export function startedAs({ script = 'rlprompt', cwd, env }: Start): string {
  if (basename(script) === 'rlprompt.js' && !script.split(sep).includes('node_modules')) {
    return `node ${shellWord(relative(cwd, script).replaceAll('\\', '/'))}`;
  }
  // Inside npm's own commands PATH has what a shell afterwards has not.
  return env.npm_command === undefined ? 'rlprompt' : 'npx rlprompt';
}

/** A text whose commands begin as the program was started; other mentions of its name stay. */
export function asStarted(text: string, commands: readonly string[], start: Start): string {
  const words = startedAs(start);
  if (words === 'rlprompt') return text;
  return text.replaceAll(
    new RegExp(`(?<![\\w/.-])rlprompt (?=(?:${commands.join('|')}|--help)(?![\\w:-]))`, 'g'),
    () => `${words} `,
  );
}
