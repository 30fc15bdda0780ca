import path from 'node:path';
import { readTable } from '../../data/read-table.js';
import { RlpromptError } from '../../errors.js';
import { assembleTask } from '../assemble/assemble-task.js';
import { joinLabels } from '../assemble/label-values.js';
import type { LoadTaskOptions } from '../assemble/load-task-options.js';
import { rowsFromArrays, rowsFromTable, type SourceRow, type SourceSplits } from '../assemble/source-row.js';
import type { ExampleSource, ExamplesDefinition, Split, Task, TaskDefinition } from '../types.js';
import { findExampleProblems } from './definition-problems.js';

export interface DefinitionOrigin {
  /** The task file, absolute. */
  readonly file: string;
  /** Where the definition's data files are looked for. */
  readonly dataFolder: string;
  readonly source: string;
}

/** Reads the examples of a task definition and gives the whole task. */
export async function loadDefinitionTask(
  definition: TaskDefinition,
  origin: DefinitionOrigin,
  options: LoadTaskOptions,
): Promise<Task> {
  const { splits: read, warnings } = await readExamples(definition, origin, options);
  const verbalizer = options.verbalizer ?? definition.verbalizer;
  const join = (split: Split) => joinLabels(read[split], verbalizer);
  const splits = { train: join('train'), dev: join('dev'), test: join('test') };
  return assembleTask(
    { definition, splits, source: origin.source, file: origin.file, warnings, testOnly: false },
    options,
  );
}

async function readExamples({ examples, kind }: TaskDefinition, origin: DefinitionOrigin, options: LoadTaskOptions) {
  if (isFileList(examples)) return await readFiles(examples, kind !== 'custom', origin.dataFolder);
  const arrays = typeof examples === 'function' ? await callExamples(examples, origin.file, options) : examples;
  return { splits: rowsFromArrays(arrays, origin.file), warnings: [] };
}

type FileList = Extract<ExamplesDefinition, { train: string }>;

function isFileList(examples: ExamplesDefinition): examples is FileList {
  return typeof examples !== 'function' && typeof examples.train === 'string';
}

async function readFiles(files: FileList, needsLabels: boolean, folder: string) {
  const warnings: string[] = [];
  const read = async (split: Split): Promise<SourceRow[]> => {
    const table = await readTable(path.resolve(folder, files[split]));
    warnings.push(...table.warnings);
    const label = files.labelColumn ?? (needsLabels || table.columns.includes('label') ? 'label' : undefined);
    return rowsFromTable(table, { text: files.textColumn ?? 'text', label });
  };
  const splits: SourceSplits = { train: await read('train'), dev: await read('dev'), test: await read('test') };
  return { splits, warnings };
}

async function callExamples(
  examples: Extract<ExamplesDefinition, (...arguments_: never) => unknown>,
  file: string,
  { seed, shots }: LoadTaskOptions,
): Promise<Record<Split, ExampleSource[]>> {
  let answer: unknown;
  try {
    answer = await examples({ seed, shots });
  } catch (error) {
    if (error instanceof RlpromptError) throw error;
    throw examplesError(`the function examples failed: ${(error as Error)?.message ?? error}`, file, error);
  }
  const problems = findExampleProblems(answer);
  if (problems.length > 0 || isFileList(answer as ExamplesDefinition)) {
    throw examplesError(`the function examples gave no arrays of examples: ${problems.join('; ')}`, file);
  }
  return answer as Record<Split, ExampleSource[]>;
}

function examplesError(message: string, file: string, cause?: unknown): RlpromptError {
  const next = 'correct the task file; rlprompt tasks check tries it';
  return new RlpromptError({ code: 'E_TASK_EXAMPLES', exit: 'internal', message, where: file, next, cause });
}
