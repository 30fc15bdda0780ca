import { isAbsolute, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { TransferMatrix, TransferPair, TransferRow } from '../../../analysis/transfer.js';
import { currentSettings } from '../../../config/removed-settings.js';
import { completeRunConfig, resolveRunConfig } from '../../../config/resolve-run-config.js';
import type { RunConfigInput } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { isThere } from '../../../files/read/is-there.js';
import { shellWord } from '../../../shell-word.js';
import { zip } from '../../../statistics/zip.js';
import { toVisibleJson } from '../../../visible-json.js';
import { OF_THE_DATA } from '../../exports/config-of-run.js';
import { addConfigOptions, collect, readRunSources } from '../../options/config-options.js';
import { parseSize } from '../../options/parse-count.js';
import { SCORING_KEYS } from '../../options/scoring-keys.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { quotePrompt } from '../../output/result-line.js';
import { say } from '../../output/say.js';
import { interruption } from '../../signals/interruption.js';

const EXAMPLES = `Examples:
  $ rlprompt transfer runs/spam-20260101-120000 --target ./smollm2 --target ./gpt2
  $ rlprompt transfer "This mail is" "It is about" --task spam --target ./smollm2 --csv
  $ rlprompt transfer runs/spam-20260101-120000 --target ./smollm2 --json > transfer.json
`;

/** What belongs to the task of a run, and not to another one. */
const OF_A_TASK: readonly string[] = [...OF_THE_DATA, 'labelSpace', 'normalise'];

interface TransferOptions {
  readonly target?: readonly string[];
  readonly task?: readonly string[];
  readonly limit: number;
  readonly split: 'train' | 'dev' | 'test';
  readonly json?: true;
  readonly csv?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Scores prompts with other target LMs, or on other tasks, beside the empty and the hand-written prompts.',
    )
    .argument('<run|prompt...>', 'run folders, whose best prompts are taken, or prompts as text')
    .option('--target <MODEL>', 'target LM; repeatable', collect)
    .option(
      '--task <TASK>',
      'task (default: that of the first run, split as by the run); all rows of another data file are scored; repeatable',
      collect,
    )
    .option('-n, --limit <N>', 'prompts taken from a run', parseSize, 3)
    .addOption(new Option('--split <NAME>', 'examples to score on').choices(['train', 'dev', 'test']).default('test'))
    .option('--json', 'print one JSON object, which "rlprompt report --transfer" shows')
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, SCORING_KEYS);
  command.action(async (sources: string[], options: TransferOptions) => {
    const { prompts, runs } = await readSources(sources, options.limit);
    const pairs = await pairsOf(command, context, runs, options);
    const { measureTransfer } = await import('../../../analysis/transfer.js');
    const matrix = await measureTransfer({
      pairs,
      prompts,
      split: options.split,
      signal: interruption(),
      onColumn: ({ task, target }, i) =>
        say(context, `rlprompt: ${i + 1} of ${pairs.length}: ${quotePrompt(target)} on ${quotePrompt(task)}`),
    });
    if (options.json) writeResult(context, `${toVisibleJson(matrix)}\n`);
    else if (options.csv) writeResult(context, await toCsv(matrix));
    else writeResult(context, toTable(matrix, context.stdout.columns));
  });
}

interface Sources {
  readonly prompts: TransferRow[];
  readonly runs: readonly SourceRun[];
}

interface SourceRun {
  readonly runDir: string;
  readonly config: RunConfigInput;
}

async function readSources(sources: readonly string[], limit: number): Promise<Sources> {
  const { readRunRecord } = await import('../../../export/run-record.js');
  const runs: SourceRun[] = [];
  const prompts = sources.flatMap((source): TransferRow[] => {
    if (!isPath(source)) return [{ prompt: source, origin: 'given' }];
    const record = readRunRecord(source);
    if (record.prompts[0].policy) throw notPrompts(source);
    runs.push({ runDir: source, config: currentSettings(record.manifest.config) });
    return record.prompts.slice(0, limit).map(({ text, reading }) => ({
      prompt: text,
      origin: 'found',
      ...(reading ? { reading } : {}),
    }));
  });
  return { prompts, runs };
}

/** What names a run, even one that is not there: a mistyped folder is no prompt. */
function isPath(source: string): boolean {
  return isThere(join(source, 'run.json')) || isAbsolute(source) || /^[\w.-]+([/\\][\w.-]+)+[/\\]?$/.test(source);
}

/**
 * The settings of each pair of task and target LM; those of the run that had the task, or of the first, are weaker than what
 * was typed. A run's own data is split as the run split it: all its rows would be what it learned from as well.
 */
async function pairsOf(
  command: Command,
  context: CliContext,
  runs: readonly SourceRun[],
  { target, task }: TransferOptions,
): Promise<TransferPair[]> {
  const [first] = runs;
  const tasks = task ?? (first ? [first.config.task] : []);
  const targets = target ?? [];
  if (tasks.length === 0) throw missing('--task', 'your own prompts need a task to be scored on', 'spam');
  if (targets.length === 0) throw missing('--target', 'there is no target LM to try the prompts on', './smollm2');
  const pairs: TransferPair[] = [];
  for (const name of tasks) {
    const { flags, ...others } = await readRunSources(command, context, name);
    const own = runs.filter(({ config }) => resolve(config.task) === resolve(name));
    const known = own[0]?.config ?? (first && withoutTask(first.config));
    const learned = own.map(({ runDir, config }) => ({ runDir, config: completeRunConfig(config) }));
    for (const model of targets) {
      const { config } = resolveRunConfig({ ...others, flags: { ...known, ...flags, task: name, target: model } });
      pairs.push({ config, learned });
    }
  }
  return pairs;
}

function withoutTask(config: RunConfigInput): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !OF_A_TASK.includes(key)));
}

function notPrompts(runDir: string): RlpromptError {
  return new RlpromptError({
    code: 'E_POLICY_RUN',
    exit: 'usage',
    message: 'the run found a policy that writes a prompt for each input, not prompts that could be tried elsewhere',
    where: runDir,
    kept: 'nothing was started',
    next: `rlprompt eval --policy ${shellWord(runDir)} --target MODEL`,
  });
}

function missing(flag: string, message: string, example: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    where: flag,
    next: `rlprompt transfer … ${flag} ${example}`,
  });
}

function toTable(matrix: TransferMatrix, width?: number): string {
  const { columns, rows, cells } = matrix;
  const metric = Object.keys(cells[0]?.[0]?.metrics ?? {})[0] ?? 'reward';
  const header = [metric, ...columns.map(({ task, targetLm, n }) => `${targetLm}: ${task} (${n})`), 'prompt'];
  const lines = Array.from(zip(rows, cells), ([{ prompt, origin }, own]) => [
    origin,
    ...own.map(({ metrics, reward }) => (metrics[metric] ?? reward).toFixed(3)),
    quotePrompt(prompt),
  ]);
  return formatTable([header, ...lines], { right: columns.map((_, i) => i + 1), width });
}

/** One row a score, as statistics programs like it. */
async function toCsv({ rows, columns, cells, split }: TransferMatrix): Promise<string> {
  const { formatCell } = await import('../../../export/formats/data/csv.js');
  const metrics = [...new Set(cells.flat().flatMap((cell) => Object.keys(cell.metrics)))];
  const header = ['prompt', 'from', 'task', 'targetLm', 'split', 'n', ...metrics, 'reward'];
  const lines = Array.from(zip(rows, cells), ([{ prompt, origin }, own]) =>
    Array.from(zip(columns, own), ([{ task, targetLm, n }, { metrics: scores, reward }]) => {
      return [prompt, origin, task, targetLm, split, n, ...metrics.map((name) => scores[name] ?? ''), reward];
    }),
  ).flat();
  return [header, ...lines].map((line) => `${line.map((cell) => formatCell(cell, false)).join(',')}\r\n`).join('');
}
