import type { Command } from 'commander';
import { OPTION_GROUPS } from '../../../options/option.js';
import { toVisibleJson } from '../../../visible-json.js';
import { addConfigOptions, configKeys, readRunConfig } from '../../options/config-options.js';
import type { CliContext } from '../../output/context.js';
import { reportDownloads } from '../../output/download-progress.js';
import { writeResult } from '../../output/output.js';

const EXAMPLES = `Examples:
  $ rlprompt plan reviews.csv
  $ rlprompt plan reviews.csv --target openai:gpt-4o-mini --endpoint https://api.openai.com/v1 --price 0.15,0.60
  $ rlprompt plan reviews.csv --steps 50 --prompts-per-step 8 --json
`;

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Says what "run" with the same options will take: forwards, requests, tokens, time, cost. Sends nothing.',
    )
    .argument('[task]', 'as "run" takes it')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, configKeys(OPTION_GROUPS));
  command.action(async (task: string | undefined, { json }: { json?: true }) => {
    const { config } = await readRunConfig(command, context, task);
    const { planOptimization } = await import('../../../plan.js');
    const plan = await planOptimization(config, { onProgress: reportDownloads(context) });
    const { planText } = await import('../../plan/plan-text.js');
    writeResult(context, json ? `${toVisibleJson({ schemaVersion: 1, ...plan })}\n` : planText(plan));
  });
}
