import type { RunConfig } from './config/run-config.js';
import { isDataFileName } from './data/read-table.js';
import { type EvaluatedPrompt, evaluatePrompts } from './evaluate.js';
import { checkTemplateSource, loadConfiguredTask } from './run/prepare/configured-task.js';
import type { Split } from './task/types.js';

export interface TransferRow {
  readonly prompt: string;
  readonly origin: 'found' | 'given' | 'empty' | 'manual';
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

export interface TransferRequest {
  /** One for each pair of task and target LM, in the order of the columns. */
  readonly configs: readonly RunConfig[];
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
  const { configs, split, signal, onColumn } = request;
  const rows = distinct([...request.prompts, ...(await baselineRows(configs))]);
  const prompts = rows.map(({ prompt }) => prompt);
  const columns: TransferColumn[] = [];
  const byColumn: (readonly EvaluatedPrompt[])[] = [];
  for (const [i, config] of configs.entries()) {
    onColumn?.(config, i);
    const { task, target, results } = await evaluatePrompts(config, { prompts, split, ...(signal ? { signal } : {}) });
    columns.push({ task, targetLm: target, n: results[0]?.n ?? 0 });
    byColumn.push(results);
  }
  const cells = rows.map((_, row) => byColumn.map((results) => cellOf(results[row]!)));
  return { schemaVersion: 1, split, rows, columns, cells };
}

function cellOf({ evaluation: { metrics, reward } }: EvaluatedPrompt): TransferCell {
  return { metrics, reward };
}

async function baselineRows(configs: readonly RunConfig[]): Promise<TransferRow[]> {
  const rows: TransferRow[] = [{ prompt: '', origin: 'empty' }];
  for (const config of configs) {
    const task = await loadConfiguredTask(config, { testOnly: isDataFileName(config.task) });
    checkTemplateSource(task);
    rows.push(...task.manualPrompts.map((prompt): TransferRow => ({ prompt, origin: 'manual' })));
  }
  return rows;
}

function distinct(rows: readonly TransferRow[]): TransferRow[] {
  const byPrompt = new Map<string, TransferRow>();
  for (const row of rows) if (!byPrompt.has(row.prompt.trim())) byPrompt.set(row.prompt.trim(), row);
  return [...byPrompt.values()];
}
