import { Argument, Command } from 'commander';
import { COMMANDS } from './commands.js';
import type { CliContext } from './context.js';

const EXAMPLES = `Examples:
  $ rlprompt completion bash >> ~/.bashrc
  $ rlprompt completion zsh > "\${fpath[1]}/_rlprompt"
  $ rlprompt completion fish > ~/.config/fish/completions/rlprompt.fish
  PS> rlprompt completion powershell >> $PROFILE
`;

export function configure(command: Command, context: CliContext): void {
  command
    .description('Prints a script that completes commands and flags in your shell.')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('before', EXAMPLES)
    .action((shell: string) => complete(['completion', shell], context));
}

/** Prints the script of a shell (`completion bash`), or what the script asks for at a Tab (`complete -- …`). */
export async function complete(words: readonly string[], context: CliContext): Promise<void> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  const program = new Command('rlprompt').description('Finds prompts for frozen language models.').helpCommand(false);
  for (const entry of COMMANDS) {
    if (entry.name === 'completion') continue;
    (await entry.load()).configure(program.command(entry.name), context);
    program.commands.at(-1)?.description(entry.summary);
  }
  tab(program, { completionCommandName: 'completion' });
  await program.parseAsync([...words], { from: 'user' });
}
