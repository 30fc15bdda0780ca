import type { Command } from 'commander';
import { type ResolvedRunConfig, type ResolvedSettings, resolveSettings } from '../../../config/resolve-run-config.js';
import { RUN_CONFIG_KEYS } from '../../../config/run-config.js';
import { OPTION_GROUPS } from '../../../options/option.js';
import { toVisibleJson } from '../../../visible-json.js';
import { addConfigOptions, configKeys, readRunSources } from '../../options/config-options.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';

const EXAMPLES = `Examples:
  $ rlprompt config print --sources
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
    const { config, sources } = await settled(resolveSettings(await readRunSources(print, context, task)));
    if (options.json) {
      writeResult(context, `${toVisibleJson(options.sources ? { config, sources } : config)}\n`);
      return;
    }
    const keys = RUN_CONFIG_KEYS.filter((key) => config[key] !== undefined);
    const rows = keys.map((key) => [
      key,
      JSON.stringify(config[key]),
      ...(options.sources ? [sources[key] ?? ''] : []),
    ]);
    writeResult(context, formatTable(rows, { width: context.stdout.columns }));
  });
  command
    .command('schema')
    .description('JSON Schema for editors: name it in "# yaml-language-server: $schema=…"')
    .action(async () => {
      const { runConfigJsonSchema } = await import('../../../config/json-schema.js');
      writeResult(context, `${JSON.stringify(runConfigJsonSchema(), null, 2)}\n`);
    });
}

/** Settings whose default the task decides. */
const DECIDED_BY_TASK = ['calibrate', 'labelWords'] as const;

/** With what the task decides, and why, where there is one: its data are read, no model is. */
async function settled({ config, sources: known }: ResolvedSettings): Promise<ResolvedSettings> {
  const left = DECIDED_BY_TASK.filter((key) => config[key] === 'auto');
  const explained = (why: string): ResolvedRunConfig['sources'] => ({
    ...known,
    ...Object.fromEntries(left.map((key) => [key, `default: ${why}`])),
  });
  const { task: name } = config;
  if (name === undefined) return { config, sources: explained('the task decides') };
  const { loadConfiguredTask } = await import('../../../run/prepare/configured-task.js');
  const { defaultsFor, settleConfig } = await import('../../../config/defaults-for.js');
  const given = { ...config, task: name };
  const task = await loadConfiguredTask(given);
  return { config: settleConfig(given, task), sources: explained(defaultsFor(task, given).why) };
}
