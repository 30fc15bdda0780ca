import { Command, CommanderError } from 'commander';
import { nearestWord, RlpromptError } from '../errors.js';
import { packageVersion } from '../package-root.js';
import { COMMANDS } from './commands/commands.js';
import { withCurrentNames } from './options/former-names.js';
import type { CliContext } from './output/context.js';
import { EXIT_CODES_HELP } from './output/exit-codes.js';
import { sayLines } from './output/say.js';

const EXAMPLES = `Examples:
  $ rlprompt run asking-mail                       learn a prompt on a built-in task, offline
  $ rlprompt run mails.csv --text-column text --label-column label
  $ rlprompt top runs/mails-…                      the best prompts of a run
  $ rlprompt export runs/mails-… --format ts        the best prompt as a TypeScript module
  $ rlprompt eval sentiment --prompt "It was"      score a prompt of yours
`;

/**
 * Runs one command line, without the program's own name.
 * @throws RlpromptError E_USAGE for an unknown command, flag or argument; whatever the command throws.
 */
export async function runCommandLine(given: readonly string[], context: CliContext): Promise<void> {
  const argv = withCurrentNames(given);
  if (argv[0] === '--version' || argv[0] === '-V') {
    context.stdout.write(`${packageVersion()}\n`);
    return;
  }
  if (argv[0] === 'complete') {
    await (await import('./commands/setup/completion.js')).complete(argv, context, COMMANDS);
    return;
  }
  const { words, topic } = helpTopic(argv);
  const name = words.find((word) => !word.startsWith('-'));
  if (argv[0] === 'help' && name !== undefined && !COMMANDS.some((entry) => entry.name === name)) {
    context.stdout.write((await import('./options/run-help.js')).searchHelp(name, COMMANDS, context.stdout.columns));
    return;
  }
  const program = await buildProgram(name, context, topic);
  if (words.length === 0 && context.stdin.isTTY && context.stderr.isTTY) {
    const { askForRun } = await import('./wizard/wizard.js');
    const answered = await askForRun(context);
    if (answered !== undefined) return answered.length === 0 ? undefined : runCommandLine(answered, context);
  }
  if (words.length === 0) {
    program.outputHelp();
    return;
  }
  if (name !== undefined && !COMMANDS.some((entry) => entry.name === name)) throw unknownCommand(name);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw toUsageError(error, calledName(program, words));
  }
}

/** `run --help TOPIC` and `help run TOPIC`: the command line without its topic, which is no argument of the command. */
function helpTopic(argv: readonly string[]): { words: string[]; topic: string | undefined } {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
  if (words[0] !== 'run') return { words, topic: undefined };
  const asked = words.findIndex((word) => word === '--help' || word === '-h');
  const at = argv[0] === 'help' ? 1 : asked + 1;
  const topic = asked === -1 ? undefined : words[at];
  if (topic === undefined || topic.startsWith('-')) return { words, topic: undefined };
  return { words: words.filter((_, i) => i !== at), topic };
}

/** The command tree; only the command called `name` knows its flags. */
async function buildProgram(name: string | undefined, context: CliContext, topic?: string): Promise<Command> {
  const program = new Command('rlprompt')
    .description('Finds prompts for frozen language models by reinforcement learning.')
    .usage('<command> [options]')
    .option('-V, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => sayLines(context, text),
      outputError: () => {},
    })
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', `${EXIT_CODES_HELP} "rlprompt <command> --help" explains a command.`);
  for (const entry of COMMANDS) {
    const command = program
      .command(entry.name)
      .summary(entry.summary)
      .description(entry.summary)
      .helpGroup(entry.group);
    if (entry.name === name) (await entry.load()).configure(command, context, COMMANDS);
    if (entry.name === name && name === 'run') (await import('./options/run-help.js')).limitRunHelp(command, topic);
  }
  return program;
}

function unknownCommand(name: string): RlpromptError {
  const names = COMMANDS.map((entry) => entry.name);
  const near = nearestWord(name, names);
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `unknown command ${JSON.stringify(name)}${near ? `, did you mean ${near}?` : ''}`,
    next: near ? `rlprompt ${near} --help` : `commands: ${names.join(', ')}`,
  });
}

/** As it was called, with its subcommand where that is one: there its options are explained. */
function calledName(program: Command, words: readonly string[]): string | undefined {
  const [name, second] = words.filter((word) => !word.startsWith('-'));
  const command = program.commands.find((one) => one.name() === name);
  const subcommand = command?.commands.find((one) => one.name() === second);
  return subcommand ? `${name} ${second}` : name;
}

function toUsageError(error: CommanderError, name: string | undefined): RlpromptError {
  const said = error.code === 'commander.help' ? `${name} needs a subcommand` : error.message;
  const message = said
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)/s, ', did you mean $1?')
    .replaceAll('\n', ' ');
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    next: name ? `rlprompt ${name} --help` : 'rlprompt --help',
  });
}
