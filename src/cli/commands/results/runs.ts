import type { Command } from 'commander';
import { toVisibleJson } from '../../../visible-json.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { quotePrompt } from '../../output/result-line.js';

const EXAMPLES = `Examples:
  $ rlprompt runs list
  $ rlprompt runs list experiments --json
  $ rlprompt runs remove runs/spam-20260101-120000
`;

export function configure(command: Command, context: CliContext): void {
  command.description('Lists and removes runs.').addHelpText('before', EXAMPLES);
  command
    .command('list', { isDefault: true })
    .description('the runs in a folder, newest first')
    .argument('[dir]', 'folder with run folders in it', 'runs')
    .option('--json', 'print one JSON object')
    .action(async (dir: string, { json }: { json?: true }) => {
      const { listRuns } = await import('../../../report/list-runs.js');
      const runs = listRuns(dir);
      writeResult(
        context,
        json ? `${toVisibleJson({ schemaVersion: 1, runs })}\n` : toTable(runs, context.stdout.columns),
      );
    });
  command
    .command('remove')
    .description('remove runs with everything in them; one that is being written is refused')
    .argument('<run...>', 'run folders')
    .option('-y, --yes', 'do not ask')
    .action(async (runDirs: string[], { yes }: { yes?: true }) => {
      const { removeRuns } = await import('../../runs/remove-runs.js');
      await removeRuns(runDirs, { isSure: yes === true }, context);
    });
}

type Listed = ReturnType<typeof import('../../../report/list-runs.js')['listRuns']>;

function toTable(runs: Listed, width?: number): string {
  const header = ['run', 'state', 'task', 'trainer', 'seed', 'steps', 'dev', 'test', 'prompt'];
  const rows = runs.map((run) => {
    if ('unreadable' in run) return [run.runDir, 'unreadable', '', '', '', '', '', '', run.unreadable];
    const { runDir, state, task, trainer, seed, steps, dev, test, prompt } = run;
    const numbers = [String(seed), String(steps), dev?.toFixed(3) ?? '', test?.toFixed(3) ?? ''];
    return [runDir, state, task, trainer, ...numbers, prompt === undefined ? '' : quotePrompt(prompt)];
  });
  // The trainer goes first where there is no room, then seed, steps and task; --json has all.
  return formatTable([header, ...rows], { right: [4, 5, 6, 7], sheds: [3, 4, 5, 2], cut: 0, width });
}
