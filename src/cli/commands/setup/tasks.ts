import type { Command } from 'commander';
import type { RunConfigKey } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import type { Finding } from '../../../rewards/custom/custom-check.js';
import { shellWord } from '../../../shell-word.js';
import type { Task } from '../../../task/types.js';
import { safeLine, safeText } from '../../../ui/draw/safe-text.js';
import { toVisibleJson } from '../../../visible-json.js';
import { addConfigOptions, readRunConfig } from '../../options/config-options.js';
import { TASK_KEYS } from '../../options/scoring-keys.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { quotePrompt } from '../../output/result-line.js';
import { sayLines } from '../../output/say.js';

const EXAMPLES = `Examples:
  $ rlprompt tasks
  $ rlprompt tasks show spam
  $ rlprompt tasks check ./my-task
`;

const CHECK_KEYS: readonly RunConfigKey[] = [
  ...TASK_KEYS,
  'seed',
  'target',
  'dtype',
  'endpoint',
  'endpointTimeout',
  'endpointConcurrency',
  'endpointSamples',
  'promptsPerStep',
  'rewardTimeout',
];

const SPLITS = ['train', 'dev', 'test'] as const;

export function configure(command: Command, context: CliContext): void {
  command
    .description('Lists the tasks that come with the program.')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .action(async ({ json }: { json?: true }) => {
      const { listTasks } = await import('../../../task/load/list-tasks.js');
      const tasks = await listTasks();
      if (json) writeResult(context, `${toVisibleJson({ schemaVersion: 1, tasks })}\n`);
      else writeResult(context, toTable(tasks, context.stdout.columns));
    });
  command
    .command('show')
    .description('one task: labels, examples, template, hand-written prompts')
    .argument('<task>', 'built-in task, task file or folder')
    .option('--json', 'print one JSON object')
    .action(async (name: string, _options: unknown, show: Command) => {
      const { loadTask } = await import('../../../task/load/load-task.js');
      const task = await loadTask(name, { seed: 0, shots: 16 });
      const { json } = show.optsWithGlobals<{ json?: true }>();
      writeResult(context, json ? `${toVisibleJson(describe(task))}\n` : toText(task, context.stdout.columns));
    });
  configureCheck(command.command('check'), context);
}

function configureCheck(check: Command, context: CliContext): void {
  check
    .description('tries a task as a run would: definition, data, label words; a reward’s answers, repeatability, speed')
    .argument('<task>', 'built-in task, task file or folder, or a data file (.csv .tsv .jsonl)')
    .option('--json', 'print one JSON object');
  addConfigOptions(check, CHECK_KEYS);
  check.action(async (name: string) => {
    const { config } = await readRunConfig(check, context, name);
    const { checkTask } = await import('../../tasks/check-task.js');
    const { json } = check.optsWithGlobals<{ json?: true }>();
    const findings: Finding[] = [];
    const onFinding = (finding: Finding) => {
      findings.push(finding);
      if (!json) writeResult(context, toReport(finding));
    };
    await checkTask(config, { onFinding, onOutput: (text) => sayLines(context, text) });
    if (json) writeResult(context, `${toVisibleJson({ schemaVersion: 1, task: name, findings })}\n`);
    const error = findings.find(({ level }) => level === 'error');
    if (error) throw checkFailed(name, error);
  });
}

function toReport({ level, name, found, meaning }: Finding): string {
  const line = safeLine`${level.padEnd(7)}  ${name}: ${found}`;
  return meaning === undefined ? `${line}\n` : `${line}\n         ${safeText(meaning)}\n`;
}

function checkFailed(task: string, { name, found }: Finding): RlpromptError {
  return new RlpromptError({
    code: 'E_TASK_CHECK',
    exit: 'data',
    message: `the task cannot be used as it is: ${name}: ${found}`,
    where: task,
    next: `fix it, then rlprompt tasks check ${shellWord(task)}`,
  });
}

type Listed = Awaited<ReturnType<typeof import('../../../task/load/list-tasks.js')['listTasks']>>;

function toTable(tasks: Listed, width?: number): string {
  const header = ['task', 'labels', 'train', 'dev', 'test', 'what'];
  const rows = tasks.map((task) => {
    if ('unavailable' in task) return [task.name, '', '', '', '', `cannot be used: ${task.unavailable.message}`];
    const { name, labels, sizes, description } = task;
    return [name, String(labels.length), ...SPLITS.map((split) => String(sizes[split])), description];
  });
  return formatTable([header, ...rows], { right: [1, 2, 3, 4], width });
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

function toText(task: Task, width?: number): string {
  const { name, kind, description, labels, template, manualPrompts, sizes, examples, warnings } = describe(task);
  const rows = [
    ['task', `${name} (${kind}): ${description}`],
    ...(kind === 'custom' ? [['reward', 'of its own']] : []),
    ...(labels.length > 0
      ? [['labels', labels.map((label) => `${label.name} = ${JSON.stringify(label.word)}`).join(', ')]]
      : []),
    ['examples', SPLITS.map((split) => `${split} ${sizes[split]}`).join(', ')],
    ['template', template ?? 'by the model family'],
    ...manualPrompts.map((prompt) => ['manual prompt', quotePrompt(prompt)]),
    ...examples.map(({ text, label }) => ['example', `${label === undefined ? '' : `${label}: `}${text}`]),
    ...warnings.map((warning) => ['warning', warning]),
  ];
  return formatTable(rows, { width });
}
