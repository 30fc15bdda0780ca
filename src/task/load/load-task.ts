import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DATA_EXTENSIONS, isDataFileName } from '../../data/read-table.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { checkOptions } from '../define/check-options.js';
import { loadDefinitionTask } from '../define/definition-task.js';
import type { Task } from '../types.js';
import { builtInDataFolder, builtInTaskFile, builtInTaskNames, readBuiltInDefinition } from './built-in-tasks.js';
import { loadDataTask } from './data-task.js';
import { loadTaskFile, TASK_EXTENSIONS } from './load-task-file.js';
import type { LoadTaskOptions } from './load-task-options.js';

const DATA_FILE_FLAGS = {
  textColumn: '--text-column',
  labelColumn: '--label-column',
  allowControl: '--allow-control',
  skipBadRows: '--skip-bad-rows',
} as const;

/**
 * Reads and checks a task: a built-in name, a path to a task file (.ts .mts .js .mjs) or to a folder with one, or a
 * data file (.csv .tsv .jsonl). Everything that is wrong is said here, before any model is loaded.
 */
export async function loadTask(reference: string, options: LoadTaskOptions): Promise<Task> {
  checkOptions(options);
  if (builtInTaskNames().includes(reference)) {
    refuseDataFlags(reference, options);
    const origin = { file: builtInTaskFile(reference), dataFolder: builtInDataFolder(reference), source: 'built-in' };
    return await loadDefinitionTask(await readBuiltInDefinition(reference), origin, options);
  }
  const looksLikePath = /[/\\]/.test(reference) || path.extname(reference) !== '';
  if (isDataFileName(reference) && !isFolder(reference)) return await loadDataTask(reference, options);
  if (!existsSync(reference)) throw looksLikePath ? missingPath(reference) : unknownName(reference);
  refuseDataFlags(reference, options);
  const file = path.resolve(isFolder(reference) ? taskFileIn(reference) : reference);
  if (!isTaskFileName(file)) throw unknownFormat(reference);
  const origin = { file, dataFolder: path.dirname(file), source: reference };
  return await loadDefinitionTask(await loadTaskFile(file), origin, options);
}

function isFolder(reference: string): boolean {
  return statSync(reference, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isTaskFileName(file: string): boolean {
  return TASK_EXTENSIONS.some((extension) => file.endsWith(extension)) && statSync(file).isFile();
}

function taskFileIn(folder: string): string {
  const files = TASK_EXTENSIONS.map((extension) => path.join(folder, `task${extension}`));
  const file = files.find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  throw notFound('missingInput', `the folder holds none of ${files.map((name) => path.basename(name)).join(', ')}`, {
    where: folder,
  });
}

function refuseDataFlags(reference: string, options: LoadTaskOptions): void {
  const flags: string[] = Object.entries(DATA_FILE_FLAGS).flatMap(([key, flag]) =>
    options[key as keyof typeof DATA_FILE_FLAGS] ? [flag] : [],
  );
  if (options.encoding === 'latin1') flags.push('--encoding');
  if (flags.length === 0) return;
  throw new RlpromptError({
    code: 'E_TASK_OPTION',
    exit: 'usage',
    message: `${flags.join(' and ')} only says how to read a data file (${DATA_EXTENSIONS.join(', ')})`,
    where: `task ${reference}`,
    next: `leave ${flags.join(' and ')} out`,
  });
}

function unknownName(reference: string): RlpromptError {
  const names = builtInTaskNames();
  const near = nearestWord(reference, names);
  return notFound('usage', `there is no task "${reference}"; built-in are ${names.join(', ')}`, {
    next: near === undefined ? 'name one of them, a task file or a data file' : `did you mean ${near}?`,
  });
}

function missingPath(reference: string): RlpromptError {
  return notFound('missingInput', 'there is no such task file or folder', {
    where: reference,
    next: `built-in tasks are ${builtInTaskNames().join(', ')}`,
  });
}

function unknownFormat(reference: string): RlpromptError {
  const known = [...TASK_EXTENSIONS, ...DATA_EXTENSIONS].join(' ');
  return notFound('missingInput', `the path is neither a folder nor a file that ends in ${known}`, {
    where: reference,
  });
}

function notFound(
  exit: 'usage' | 'missingInput',
  message: string,
  place: { where?: string; next?: string },
): RlpromptError {
  return new RlpromptError({ code: 'E_TASK_NOT_FOUND', exit, message, ...place });
}
