import type { Command } from 'commander';
import type { ResolvedRunConfig } from '../../../config/resolve-run-config.js';
import { RUN_CONFIG_KEYS, type RunConfig } from '../../../config/run-config.js';
import { OPTION_GROUPS } from '../../../options/option.js';
import { formatTable } from '../../output/format-table.js';
import { formatJson, writeResult } from '../../output/output.js';
import { addConfigOptions, configKeys, readRunConfig } from '../../shared/config-options.js';
import type { CliContext } from '../../shared/context.js';

const EXAMPLES = `Examples:
  $ rlprompt config print spam --sources
  $ rlprompt config print spam --preset paper --json
  $ rlprompt config schema > rlprompt.schema.json
`;

export function configure(command: Command, context: CliContext): void {
  command
    .description('Shows the settings in effect, and the JSON Schema of the configuration file.')
    .addHelpText('before', EXAMPLES)
    .action(() => command.outputHelp());
  const print = command
    .command('print')
    .description('settings as "run" would use them')
    .argument('[task]', 'built-in task, task file or folder, or a data file')
    .option('--sources', 'say where each value comes from')
    .option('--json', 'print one JSON object');
  addConfigOptions(print, configKeys(OPTION_GROUPS));
  print.action(async (task: string | undefined, options: { sources?: true; json?: true }) => {
    const { config: given, sources: known } = await readRunConfig(print, context, task);
    const { config, sources } = await settled(given, known);
    if (options.json) {
      writeResult(context, `${formatJson(options.sources ? { config, sources } : config)}\n`);
      return;
    }
    const keys = RUN_CONFIG_KEYS.filter((key) => config[key] !== undefined);
    const rows = keys.map((key) => [key, JSON.stringify(config[key]), options.sources ? (sources[key] ?? '') : '']);
    writeResult(context, formatTable(rows));
  });
  command
    .command('schema')
    .description('JSON Schema for editors: name it in "# yaml-language-server: $schema=…"')
    .action(async () => {
      const { runConfigJsonSchema } = await import('../../../config/json-schema.js');
      writeResult(context, `${JSON.stringify(runConfigJsonSchema(), null, 2)}\n`);
    });
}

/** With what the task decides, and why: its data are read, no model is. */
async function settled(given: RunConfig, known: ResolvedRunConfig['sources']): Promise<ResolvedRunConfig> {
  const { loadConfiguredTask } = await import('../../../run/prepare/configured-task.js');
  const { defaultsFor, settleConfig } = await import('../../../config/defaults-for.js');
  const task = await loadConfiguredTask(given);
  const { why } = defaultsFor(task, given);
  const left = (['calibrate', 'labelWords'] as const).filter((key) => given[key] === 'auto');
  const sources = { ...known, ...Object.fromEntries(left.map((key) => [key, `default: ${why}`])) };
  return { config: settleConfig(given, task), sources };
}
