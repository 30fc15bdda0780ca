import { Argument, Command } from 'commander';
import type { CliContext } from '../../output/context.js';
import type { CommandEntry } from '../../shared/command-module.js';

const EXAMPLES = `Examples:
  $ rlprompt completion bash >> ~/.bashrc
  $ rlprompt completion zsh > "\${fpath[1]}/_rlprompt"
  $ rlprompt completion fish > ~/.config/fish/completions/rlprompt.fish
  PS> rlprompt completion powershell >> $PROFILE
`;

export function configure(command: Command, context: CliContext, entries: readonly CommandEntry[]): void {
  command
    .description('Prints a script that completes commands and flags in your shell.')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('before', EXAMPLES)
    .action((shell: string) => complete(['completion', shell], context, entries));
}

/** Prints the script of a shell (`completion bash`), or what the script asks for at a Tab (`complete -- …`). */
export async function complete(
  words: readonly string[],
  context: CliContext,
  entries: readonly CommandEntry[],
): Promise<void> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  const program = new Command('rlprompt').description('Finds prompts for frozen language models.').helpCommand(false);
  for (const entry of entries) {
    if (entry.name === 'completion') continue;
    const command = program.command(entry.name);
    // Of a Tab's wait most would be reading the code of other commands.
    if (words[2] === entry.name) (await entry.load()).configure(command, context, entries);
    command.description(entry.summary);
  }
  tab(program, { completionCommandName: 'completion' });
  const printed = await printedBy(() => program.parseAsync([...words], { from: 'user' }));
  context.stdout.write(words[0] === 'completion' ? forEveryBash(printed) : orFiles(printed));
}

/** The answer at a Tab. Where the program has nothing to propose, the shell completes files: most arguments are some. */
function orFiles(answer: string): string {
  return answer.trim() === ':4' ? ':0\n' : answer;
}

/** What a library prints with console.log, as text. */
async function printedBy(print: () => Promise<unknown>): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(`${line}\n`);
  try {
    await print();
  } finally {
    console.log = log;
  }
  return lines.join('');
}

/**
 * The script so that bash, the only shell that needs it, reads it again (it stops at a second `readonly` of one name, and the names are global, so they get this
 * program's prefix), completes files, and works without the package bash-completion.
 */
function forEveryBash(script: string): string {
  if (!script.includes(WORDS_OF_PACKAGE)) return script;
  return script
    .replaceAll(/(readonly )?ShellCompDirective(?=[A-Z])/g, '__rlprompt_directive')
    .replace('complete -F __rlprompt_complete', 'complete -o default -F __rlprompt_complete')
    .replace(WORDS_OF_PACKAGE, WORDS_OF_BASH);
}

const WORDS_OF_PACKAGE = '    _get_comp_words_by_ref -n "=:" cur prev words cword\n';
const WORDS_OF_BASH = `    if declare -F _get_comp_words_by_ref > /dev/null; then
    ${WORDS_OF_PACKAGE}    else
        # Without the package bash-completion, "=" and ":" end a word.
        cur="\${COMP_WORDS[COMP_CWORD]}" words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
    fi
`;
