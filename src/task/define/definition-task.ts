import path from 'node:path';
import { readTable } from '../../data/read-table.js';
import { assembleTask } from '../assemble/assemble-task.js';
import { joinLabels, namedLabels } from '../assemble/label-values.js';
import type { LoadTaskOptions } from '../assemble/load-task-options.js';
import { rowsFromArrays, rowsFromTable, type SourceRow, type SourceSplits } from '../assemble/source-row.js';
import type { Split, Task } from '../types.js';
import { type GivenExamples, isFileList, type ResolvedDefinition } from './resolve-definition.js';

export interface DefinitionOrigin {
  /** The task file, absolute. */
  readonly file: string;
  /** Where the definition's data files are looked for. */
  readonly dataFolder: string;
  readonly source: string;
}

/** Reads the examples of a task definition and gives the whole task. */
export async function loadDefinitionTask(
  definition: ResolvedDefinition,
  origin: DefinitionOrigin,
  options: LoadTaskOptions,
): Promise<Task> {
  const { splits: read, warnings } = await readExamples(definition, origin);
  // Other kinds of tasks are not read by labels and their words.
  const ofRun = definition.kind === 'classification' ? options.ofRun : undefined;
  const labels = namedLabels({ ofRun, verbalizer: options.verbalizer ?? definition.verbalizer });
  const join = (split: Split) => joinLabels(read[split], labels);
  const splits = { train: join('train'), dev: join('dev'), test: join('test') };
  return assembleTask(
    { definition, splits, source: origin.source, file: origin.file, warnings, testOnly: false },
    { ...options, ofRun },
  );
}

async function readExamples({ examples, kind }: ResolvedDefinition, origin: DefinitionOrigin) {
  if (isFileList(examples)) return await readFiles(examples, kind !== 'custom', origin.dataFolder);
  return { splits: rowsFromArrays(examples, origin.file), warnings: [] };
}

async function readFiles(files: Extract<GivenExamples, { train: string }>, needsLabels: boolean, folder: string) {
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
