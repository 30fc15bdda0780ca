import { Argument, Command } from 'commander';
import type { CommandEntry } from '../../shared/command-module.js';
import type { CliContext } from '../../shared/context.js';

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
    (await entry.load()).configure(program.command(entry.name), context, entries);
    program.commands.at(-1)?.description(entry.summary);
  }
  tab(program, { completionCommandName: 'completion' });
  if (words[0] !== 'completion') await program.parseAsync([...words], { from: 'user' });
  else context.stdout.write(sourceTwice(await printedBy(() => program.parseAsync([...words], { from: 'user' }))));
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
 * The script so that a shell may read it again: bash stops at a second `readonly` of one name. The names are global there, so they
 * also get this program's prefix; scripts of other programs use the same ones.
 */
function sourceTwice(script: string): string {
  if (!script.includes('readonly ShellCompDirective')) return script;
  return script.replaceAll(/(readonly )?ShellCompDirective(?=[A-Z])/g, '__rlprompt_directive');
}
