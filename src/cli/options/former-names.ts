import { RENAMED_SETTINGS } from '../../config/renamed-settings.js';

const COMMANDS: ReadonlyMap<string, string> = new Map([['memory', 'prompt-library']]);
const FLAGS: ReadonlyMap<string, string> = new Map(
  RENAMED_SETTINGS.map(({ formerFlag, flag }) => [formerFlag, flag] as const),
);

/**
 * A command line with the names of today where it has those of version 0.1; `--term=a=1` and `--no-memory` too. `help` looks
 * for the word as it is: there may be more in the help than what it named.
 */
export function withCurrentNames(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, i) => {
    if (end >= 0 && i > end) return word;
    return i === 0 ? (COMMANDS.get(word) ?? word) : currentFlag(word);
  });
}

function currentFlag(word: string): string {
  const [, no = '', name = '', rest = ''] = /^--(no-)?([a-z-]+)(=.*)?$/s.exec(word) ?? [];
  const flag = FLAGS.get(name);
  return flag === undefined ? word : `--${no}${flag}${rest}`;
}
