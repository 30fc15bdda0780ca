import { type Command, Option } from 'commander';
import { type ResolvedRunConfig, resolveRunConfig } from '../../../config/resolve-run-config.js';
import { OPTION_GROUPS } from '../../../options/option.js';
import { addConfigOptions, configKeys, readRunSources } from '../../options/config-options.js';
import type { CliContext } from '../../output/context.js';
import { addRunOptions, type RunOptions, superviseRun } from '../../runs/supervise-run.js';

const EXAMPLES = `Examples:
  $ rlprompt run asking-mail
  $ rlprompt run reviews.csv --label-column stars --labels 1,5
  $ rlprompt run train.csv --dev dev.csv --test test.csv --target ./smollm2
  $ rlprompt run spam --seeds 0,1,2 --out runs/spam-seeds
`;

type RunFlags = RunOptions & { readonly seeds?: string; readonly initPromptsFile?: string };

export function configure(command: Command, context: CliContext): void {
  command
    .description('Searches for the prompt that makes the target LM do a task best. Ctrl-C saves; "resume" continues.')
    .argument(
      '[task]',
      'built-in task, task file or folder, data file (.csv .tsv .jsonl .json), or a folder with train.*, dev.*, test.*',
    )
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, configKeys(OPTION_GROUPS));
  command.addOption(
    new Option('--init-prompts-file <FILE>', 'prompts to start from, one per line').helpGroup('Search:'),
  );
  command.addOption(
    new Option('--no-prompt-library', 'neither start from earlier runs nor remember this one').helpGroup('Search:'),
  );
  command.addOption(new Option('--seeds <N,N,…>', 'one run after the other, a seed each').helpGroup('Run:'));
  addRunOptions(command);
  command.action(async (task: string | undefined, options: RunFlags) => {
    const { config, sources } = await readSettings(command, context, task, options.initPromptsFile);
    if (options.seeds === undefined) await superviseRun(config, options, context);
    else {
      const { runSeeds } = await import('../../runs/run-seeds.js');
      await runSeeds({ config, isSeedGiven: sources.seed === '--seed' }, { ...options, seeds: options.seeds }, context);
    }
  });
}

/** The settings, with the prompts of a file among those to start from. */
async function readSettings(
  command: Command,
  context: CliContext,
  task: string | undefined,
  promptsFile: string | undefined,
): Promise<ResolvedRunConfig> {
  const sources = await readRunSources(command, context, task);
  if (promptsFile === undefined) return resolveRunConfig(sources);
  const { readPromptLines } = await import('../../shared/prompt-lines.js');
  const typed = (sources.flags?.initPrompts ?? []) as readonly string[];
  const lines = (await readPromptLines(promptsFile)).filter((line) => line.trim() !== '');
  return resolveRunConfig({ ...sources, flags: { ...sources.flags, initPrompts: [...typed, ...lines] } });
}
