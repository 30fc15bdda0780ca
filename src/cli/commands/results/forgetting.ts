import { type Command, Option } from 'commander';
import type { ForgettingTable } from '../../../analysis/forgetting.js';
import { abortable } from '../../../files/abortable.js';
import { zip } from '../../../statistics/zip.js';
import { toVisibleJson } from '../../../visible-json.js';
import { parseSize } from '../../options/parse-count.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { quotePrompt } from '../../output/result-line.js';
import { say } from '../../output/say.js';
import { interruption } from '../../signals/interruption.js';

const EXAMPLES = `Examples:
  $ rlprompt forgetting runs/first runs/second
  $ rlprompt run topic --context topic.txt --continue runs/first --ewc 1e5 --out runs/second
`;

interface ForgettingOptions {
  readonly prompts: number;
  readonly split: 'train' | 'dev' | 'test';
  readonly json?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Scores the policy of each run on the task of each run: what was forgotten, and what was transferred.')
    .argument('<run...>', 'run folders, in the order in which each continued the one before')
    .option('--prompts <N>', 'prompts that each policy draws for each task', parseSize, 16)
    .addOption(new Option('--split <NAME>', 'examples to score on').choices(['train', 'dev', 'test']).default('test'))
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .action(async (runs: string[], { prompts, split, json }: ForgettingOptions) => {
      const { measureForgetting } = await import('../../../analysis/forgetting.js');
      const signal = interruption();
      const onTask = (task: string, i: number) =>
        say(context, `rlprompt: ${i + 1} of ${runs.length}: ${quotePrompt(task)}`);
      // Drawing prompts hears no signal.
      const table = await abortable(measureForgetting({ runs, prompts, split, signal, onTask }), signal);
      writeResult(context, json ? `${toVisibleJson(table)}\n` : toText(table));
    });
}

function toText({ tasks, scores, forgetting, backwardTransfer, forwardTransfer }: ForgettingTable): string {
  const policies = ['untrained', ...tasks.map(({ run }) => run)];
  const header = ['policy', ...tasks.map(({ task, measure, n }) => `${task}: ${measure} (${n})`)];
  const rows = Array.from(zip(policies, scores), ([policy, own]) => [policy, ...own.map(show)]);
  // Tasks may have measures of their own, so nothing is averaged over them.
  const changes = [
    ['forgetting', ...forgetting.map(show), ''],
    ['backward transfer', ...backwardTransfer.map(show), ''],
    ['forward transfer', '', ...forwardTransfer.map(show)],
  ];
  return formatTable([header, ...rows, ...changes], { right: tasks.map((_, i) => i + 1) });
}

function show(value: number): string {
  return value.toFixed(3);
}
