import type { Command } from 'commander';
import type { Task } from '../task/types.js';
import type { CliContext } from './context.js';
import { formatJson, writeResult } from './output.js';
import { quotePrompt } from './result-line.js';
import { formatTable } from './table.js';

const EXAMPLES = `Examples:
  $ rlprompt tasks
  $ rlprompt tasks show spam
`;

const SPLITS = ['train', 'dev', 'test'] as const;

export function configure(command: Command, context: CliContext): void {
  command
    .description('Lists the tasks that come with the program.')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .action(async ({ json }: { json?: true }) => {
      const { listTasks } = await import('../task/list-tasks.js');
      const tasks = await listTasks();
      if (json) writeResult(context, `${formatJson({ schemaVersion: 1, tasks })}\n`);
      else writeResult(context, toTable(tasks));
    });
  command
    .command('show')
    .description('one task: labels, examples, template, manual prompts')
    .argument('<task>', 'built-in task, task file or folder')
    .option('--json', 'print one JSON object')
    .action(async (name: string, _options: unknown, show: Command) => {
      const { loadTask } = await import('../task/load-task.js');
      const task = await loadTask(name, { seed: 0, shots: 16 });
      const { json } = show.optsWithGlobals<{ json?: true }>();
      writeResult(context, json ? `${formatJson(describe(task))}\n` : toText(task));
    });
}

type Listed = Awaited<ReturnType<typeof import('../task/list-tasks.js')['listTasks']>>;

function toTable(tasks: Listed): string {
  const header = ['task', 'labels', 'train', 'dev', 'test', 'what'];
  const rows = tasks.map((task) => {
    if ('unavailable' in task) return [task.name, '', '', '', '', `cannot be used: ${task.unavailable.message}`];
    const { name, labels, sizes, description } = task;
    return [name, String(labels.length), ...SPLITS.map((split) => String(sizes[split])), description];
  });
  return formatTable([header, ...rows], { right: [1, 2, 3, 4] });
}

function describe(task: Task) {
  const { name, kind, description, source, labels, template, manualPrompts, normalise, digest, warnings, splits } =
    task;
  const sizes = Object.fromEntries(SPLITS.map((split) => [split, splits[split].length]));
  const examples = splits.train.slice(0, 3).map(({ text, label }) => ({ text, label: labels[label ?? -1]?.name }));
  return {
    name,
    kind,
    description,
    source,
    labels,
    template,
    manualPrompts,
    normalise,
    sizes,
    digest,
    warnings,
    examples,
  };
}

function toText(task: Task): string {
  const { name, kind, description, labels, template, manualPrompts, sizes, examples, warnings } = describe(task);
  return formatTable([
    ['task', `${name} (${kind}): ${description}`],
    ['labels', labels.map((label) => `${label.name} = ${JSON.stringify(label.word)}`).join(', ')],
    ['examples', SPLITS.map((split) => `${split} ${sizes[split]}`).join(', ')],
    ['template', template ?? 'by the model family'],
    ...manualPrompts.map((prompt) => ['manual prompt', quotePrompt(prompt)]),
    ...examples.map(({ text, label }) => ['for instance', `${label === undefined ? '' : `${label}: `}${text}`]),
    ...warnings.map((warning) => ['warning', warning]),
  ]);
}
