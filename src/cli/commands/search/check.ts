import type { Command } from 'commander';
import type { RunConfigKey } from '../../../config/run-config.js';
import { toVisibleJson } from '../../../visible-json.js';
import { addConfigOptions, configKeys, givenFlags, readRunConfig } from '../../options/config-options.js';
import type { CliContext } from '../../output/context.js';
import { writeResult } from '../../output/output.js';

const EXAMPLES = `Examples:
  $ rlprompt check reviews.csv
  $ rlprompt check train.csv --dev dev.csv --test test.csv
  $ rlprompt check reviews.csv --target ./models/smollm2 --json
`;

/** All that `run` takes for its data, so that what is proposed can be checked again, and what changes how rows are read. */
const KEYS: readonly RunConfigKey[] = [
  ...configKeys(['Task and data']),
  'chat',
  'generator',
  'target',
  'dtype',
  'offline',
  'seed',
];

export function configure(command: Command, context: CliContext): void {
  command
    .description('Looks at a data file: columns, labels, lengths, duplicates, leaks. Proposes the command to run.')
    .argument('<data>', 'data file (.csv .tsv .jsonl .json), or a folder with train.*, dev.*, test.*')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, KEYS);
  command.action(async (data: string, { json }: { json?: true }) => {
    const resolved = await readRunConfig(command, context, data);
    const { checkData } = await import('../../check/check-data.js');
    const { checkText, proposedCommand } = await import('../../check/check-text.js');
    const check = await checkData(resolved);
    const typed = givenFlags(command);
    const { problem } = check;
    const proposal = problem ? {} : { command: context.asStarted(proposedCommand(check, typed)) };
    const found = { schemaVersion: 1, ...check, problem: problem?.toJSON(), ...proposal };
    writeResult(
      context,
      json ? `${toVisibleJson(found)}\n` : context.asStarted(checkText(check, typed, context.stdout.columns)),
    );
    if (problem) throw problem;
  });
}
