import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import { RlpromptError } from '../../../errors.js';
import { isThere } from '../../../files/read/is-there.js';
import type { RememberedTask } from '../../../prompt-library/prompt-library.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { quotePrompt } from '../../output/result-line.js';

const EXAMPLES = `Examples:
  $ rlprompt prompt-library list
  $ rlprompt prompt-library export > prompts.jsonl
  $ rlprompt prompt-library forget 3f2a91c0
  $ rlprompt run spam --prompt-library  start from what earlier runs found, and remember this one
`;

interface ForgetOptions {
  readonly all?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'The best prompts of earlier runs by task and target LM. Runs use and fill it with --prompt-library only: without it, ' +
        'the same seed gives the same run.',
    )
    .addHelpText('before', EXAMPLES);
  command
    .command('list', { isDefault: true })
    .description('tasks that are remembered, with their best prompt')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const { path, tasks } = await read(context);
      const text = json
        ? `${toVisibleJson({ schemaVersion: 1, path, tasks: tasks.map(brief) })}\n`
        : toTable(tasks, path, context.stdout.columns);
      writeResult(context, text);
    });
  command
    .command('export')
    .description('everything that is remembered: one JSON line per task')
    .action(async () => {
      const { tasks } = await read(context);
      writeResult(context, tasks.map((task) => `${toVisibleJson(task)}\n`).join(''));
    });
  command
    .command('forget')
    .description('forgets tasks by their id, or --all of them')
    .argument('[id...]', 'ids that "prompt-library list" shows')
    .option('--all', 'forget everything')
    .action((ids: readonly string[], options: ForgetOptions) => forget(ids, options, context));
}

async function read(context: CliContext): Promise<{ path: string; tasks: readonly RememberedTask[] }> {
  const { libraryPath, readLibrary } = await import('../../../prompt-library/library-file.js');
  const path = libraryPath(context.env);
  return { path, tasks: readLibrary(path) };
}

async function forget(ids: readonly string[], { all }: ForgetOptions, context: CliContext): Promise<void> {
  const { changeLibrary, formerLibraryPath, libraryPath } = await import('../../../prompt-library/library-file.js');
  const path = libraryPath(context.env);
  const files = [path, formerLibraryPath(path)].filter((file) => isThere(file));
  if (all ? ids.length > 0 : ids.length === 0) throw wrongIds('give ids, or --all');
  if (files.length === 0) {
    if (all) return;
    throw wrongIds('nothing is remembered');
  }
  // A damaged file must not keep itself from being forgotten.
  if (all) for (const file of files) rmSync(file);
  else await changeLibrary(path, (readTasks) => without(readTasks(), ids));
}

function without(tasks: readonly RememberedTask[], ids: readonly string[]): RememberedTask[] {
  const unknown = ids.filter((id) => !tasks.some((task) => task.id === id));
  if (unknown.length > 0) throw wrongIds(`no task has the id ${unknown.join(', ')}`);
  return tasks.filter(({ id }) => !ids.includes(id));
}

function brief({ signature: { features: _, ...signature }, ...task }: RememberedTask) {
  return { ...task, signature };
}

function toTable(tasks: readonly RememberedTask[], path: string, width?: number): string {
  if (tasks.length === 0) return `nothing is remembered in ${path}\n`;
  const header = ['id', 'task', 'target LM', 'runs', 'prompts', 'reward', 'best prompt'];
  const rows = tasks.map(({ id, task, signature, runs, prompts }) => [
    id,
    task,
    signature.targetLm.name,
    String(runs),
    String(prompts.length),
    prompts[0]?.mean.toFixed(2) ?? '',
    prompts[0] ? quotePrompt(prompts[0].text) : '',
  ]);
  return formatTable([header, ...rows], { right: [3, 4, 5], sheds: [3, 4, 2], width });
}

function wrongIds(message: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    kept: 'the library is unchanged',
    next: 'rlprompt prompt-library list',
  });
}
