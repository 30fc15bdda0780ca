import { isDeepStrictEqual } from 'node:util';
import type { Reading } from '../classifier/classifier.js';
import type { RunConfig } from '../config/run-config.js';
import { isDataFileName } from '../data/read-table.js';
import { type EvaluatedPrompt, evaluatePrompts, type ReadPrompt } from '../evaluate.js';
import { checkTemplateSource, loadConfiguredTask } from '../run/prepare/configured-task.js';
import { type LearnedRun, refuseLearnedRows } from '../run/prepare/refuse-learned-rows.js';
import type { Split, Task } from '../task/types.js';

export interface TransferRow {
  readonly prompt: string;
  readonly origin: 'found' | 'given' | 'empty' | 'manual';
  /** How the run that found it reads its answers. */
  readonly reading?: Reading;
}

export interface TransferColumn {
  readonly task: string;
  readonly targetLm: string;
  /** Number of examples. */
  readonly n: number;
}

export interface TransferCell {
  /** Evaluation numbers such as `accuracy`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Raw reward. */
  readonly reward: number;
}

/** Prompts against the target LMs and tasks they were tried on. */
export interface TransferMatrix {
  readonly schemaVersion: 1;
  readonly split: Split;
  readonly rows: readonly TransferRow[];
  readonly columns: readonly TransferColumn[];
  /** [row][column] */
  readonly cells: readonly (readonly TransferCell[])[];
}

/** A task and a target LM. */
export interface TransferPair {
  readonly config: RunConfig;
  /** The runs that learned from this task: where there are any, its data file is split as the settings say, and else scored whole. */
  readonly learned: readonly LearnedRun[];
}

export interface TransferRequest {
  /** In the order of the columns. */
  readonly pairs: readonly TransferPair[];
  readonly prompts: readonly TransferRow[];
  readonly split: Split;
  readonly signal?: AbortSignal;
  /** Called before each pair, for whoever waits. */
  readonly onColumn?: (config: RunConfig, index: number) => void;
}

/**
 * Scores prompts on other target LMs and tasks by the code that scores them in a run, the empty prompt and the tasks'
 * manual prompts beside them. One target LM is in memory at a time; all tasks are read before the first is loaded.
 */
export async function measureTransfer(request: TransferRequest): Promise<TransferMatrix> {
  const { pairs, split, signal, onColumn } = request;
  const tasks: Task[] = [];
  for (const pair of pairs) tasks.push(await taskOf(pair, split));
  // The baselines are read as the first found prompt is, so that a column compares prompts.
  const reading = request.prompts.find((row) => row.reading)?.reading;
  const read = (row: TransferRow): TransferRow => (reading ? { reading, ...row } : row);
  const rows = distinct([...request.prompts, ...baselineRows(tasks)]).map(read);
  const columns: TransferColumn[] = [];
  const byColumn: (readonly EvaluatedPrompt[])[] = [];
  for (const [i, { config, learned }] of pairs.entries()) {
    onColumn?.(config, i);
    const prompts = rows.map((row) => readFor(tasks[i], row));
    const scoring = { prompts, split, splitsDataFile: learned.length > 0, ...(signal ? { signal } : {}) };
    const { task, target, results } = await evaluatePrompts(config, scoring);
    columns.push({ task, targetLm: target, n: results[0]?.n ?? 0 });
    byColumn.push(results);
  }
  const cells = rows.map((_, row) => byColumn.flatMap((results) => results.slice(row, row + 1).map(cellOf)));
  return { schemaVersion: 1, split, rows, columns, cells };
}

function cellOf({ evaluation: { metrics, reward } }: EvaluatedPrompt): TransferCell {
  return { metrics, reward };
}

async function taskOf({ config, learned }: TransferPair, split: Split): Promise<Task> {
  const task = await loadConfiguredTask(config, { testOnly: learned.length === 0 && isDataFileName(config.task) });
  checkTemplateSource(task);
  if (split === 'test') for (const run of learned) await refuseLearnedRows(config, run);
  return task;
}

/** A prompt with its words and demonstrations where they are those of the task's labels; offsets are another target LM's. */
function readFor(task: Task | undefined, { prompt, reading }: TransferRow): ReadPrompt {
  const isOfTask = isDeepStrictEqual(
    reading?.words.map(({ label }) => label),
    task?.labels.map(({ name }) => name),
  );
  return reading && isOfTask ? { prompt, reading } : { prompt };
}

function baselineRows(tasks: readonly Task[]): TransferRow[] {
  const manual = tasks.flatMap(({ manualPrompts }) => manualPrompts);
  return [{ prompt: '', origin: 'empty' }, ...manual.map((prompt): TransferRow => ({ prompt, origin: 'manual' }))];
}

function distinct(rows: readonly TransferRow[]): TransferRow[] {
  const byPrompt = new Map<string, TransferRow>();
  for (const row of rows) if (!byPrompt.has(row.prompt.trim())) byPrompt.set(row.prompt.trim(), row);
  return [...byPrompt.values()];
}
