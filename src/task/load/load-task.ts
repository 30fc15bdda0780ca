import { statSync } from 'node:fs';
import path from 'node:path';
import { DATA_EXTENSIONS, isDataFileName } from '../../data/read-table.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { factsOfNamed, isThere } from '../../files/read/is-there.js';
import type { LoadTaskOptions } from '../assemble/load-task-options.js';
import { checkOptions } from '../define/check-options.js';
import { loadDefinitionTask } from '../define/definition-task.js';
import type { Task } from '../types.js';
import { builtInDataFolder, builtInTaskFile, builtInTaskNames, readBuiltInDefinition } from './built-in-tasks.js';
import { loadDataTask } from './data-task.js';
import { readTaskFile, TASK_EXTENSIONS } from './read-task-file.js';
import { isSplitFolder, type SplitFiles, splitFilesIn } from './split-files.js';

const TASK_FILES = TASK_EXTENSIONS.map((extension) => `task${extension}`);

const DATA_FILE_FLAGS = {
  textColumn: '--text-column',
  labelColumn: '--label-column',
  allowControl: '--allow-control',
  skipBadRows: '--skip-bad-rows',
  splitColumn: '--split-column',
  dev: '--dev',
  test: '--test',
  labels: '--labels',
} as const;

/** What says nothing about a file in particular. */
const USUAL_ENCODINGS: readonly string[] = ['auto', 'utf-8'];

/**
 * Reads and checks a task: a built-in name, a path to a task file (.ts .mts .js .mjs) or to a folder with one, or a
 * data file (.csv .tsv .jsonl .json) or a folder of them (train.*, dev.*, test.*). Everything that is wrong is said here, before any model is loaded.
 */
export async function loadTask(reference: string, options: LoadTaskOptions): Promise<Task> {
  checkOptions(options);
  if (builtInTaskNames().includes(reference)) {
    refuseDataFlags(reference, options);
    const origin = { file: builtInTaskFile(reference), dataFolder: builtInDataFolder(reference), source: 'built-in' };
    return await loadDefinitionTask(await readBuiltInDefinition(reference, options), origin, options);
  }
  const looksLikePath = /[/\\]/.test(reference) || path.extname(reference) !== '';
  const files = dataFilesOf(reference);
  if (files !== undefined) {
    const { dev = files.dev, test = files.test } = options;
    return await loadDataTask({ ...files, dev, test }, reference, options);
  }
  if (!isThere(reference)) throw looksLikePath ? missingPath(reference) : unknownName(reference);
  refuseDataFlags(reference, options);
  const file = path.resolve(isFolder(reference) ? taskFileIn(reference) : reference);
  if (!isTaskFileName(file)) throw unknownFormat(reference);
  const origin = { file, dataFolder: path.dirname(file), source: reference };
  return await loadDefinitionTask(await readTaskFile(file, options), origin, options);
}

/** The data files that a reference means; undefined where it is something else. */
export function dataFilesOf(reference: string): SplitFiles | undefined {
  if (builtInTaskNames().includes(reference)) return undefined;
  if (!isFolder(reference)) return isDataFileName(reference) ? { train: reference } : undefined;
  if (isSplitFolder(reference, TASK_FILES)) return splitFilesIn(reference);
  // Named like a data file: whoever reads it says that it is a folder.
  return isDataFileName(reference) && !hasTaskFile(reference) ? { train: reference } : undefined;
}

function isFolder(reference: string): boolean {
  return factsOfNamed(reference)?.isDirectory() ?? false;
}

/** A task's folder may be called whatever its owner likes. */
function hasTaskFile(reference: string): boolean {
  return TASK_EXTENSIONS.some((extension) => isThere(path.join(reference, `task${extension}`)));
}

function isTaskFileName(file: string): boolean {
  return TASK_EXTENSIONS.some((extension) => file.endsWith(extension)) && statSync(file).isFile();
}

function taskFileIn(folder: string): string {
  const file = TASK_FILES.map((name) => path.join(folder, name)).find((candidate) => isThere(candidate));
  if (file !== undefined) return file;
  throw notFound('missingInput', `the folder holds none of ${TASK_FILES.join(', ')}, and no data file train.*`, {
    where: folder,
    next: 'name another folder, or a task or data file in it',
  });
}

function refuseDataFlags(reference: string, options: LoadTaskOptions): void {
  const flags: string[] = Object.entries(DATA_FILE_FLAGS).flatMap(([key, flag]) =>
    options[key as keyof typeof DATA_FILE_FLAGS] ? [flag] : [],
  );
  if (!USUAL_ENCODINGS.includes(options.encoding ?? 'auto')) flags.push('--encoding');
  if (options.onMissing === 'skip') flags.push('--on-missing');
  if (flags.length === 0) return;
  throw new RlpromptError({
    code: 'E_TASK_OPTION',
    exit: 'usage',
    message: `${flags.join(' and ')} only ${flags.length === 1 ? 'says' : 'say'} how to read a data file (${DATA_EXTENSIONS.join(', ')})`,
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
    next: 'name a task file or a data file',
  });
}

function notFound(
  exit: 'usage' | 'missingInput',
  message: string,
  place: { where?: string; next: string },
): RlpromptError {
  return new RlpromptError({ code: 'E_TASK_NOT_FOUND', exit, message, ...place });
}
