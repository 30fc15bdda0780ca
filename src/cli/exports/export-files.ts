import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import type { ExportedFile, ExportFormat } from '../../export/contract/exported-prompt.js';
import { toIoError } from '../../files/io-error.js';
import { factsOf } from '../../files/read/facts-of.js';
import { makeFolder } from '../../files/write/make-folder.js';
import { isDevice, requirePlaceFor, writeOutput } from '../../files/write/write-output.js';
import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';
import { say } from '../output/say.js';

/** Where a file goes; undefined for stdout, which holds one file. */
export function placeFiles(
  formats: readonly ExportFormat[],
  output: string | undefined,
): ((file: ExportedFile) => string) | undefined {
  const needsFolder = formats.length > 1 || formats.some((format) => 'renderFolder' in format);
  if (output === undefined) {
    if (needsFolder) throw missingFolder(formats);
    return undefined;
  }
  const isFolder = needsFolder || /[/\\]$/.test(output) || factsOf(output)?.isDirectory();
  return isFolder ? ({ path }) => join(output, path) : () => output;
}

/** Writes all files or, where one is there already and `isForced` is not set, none. Without a place the one file goes to stdout. */
export function writeFiles(
  files: readonly ExportedFile[],
  place: ((file: ExportedFile) => string) | undefined,
  isForced: boolean,
  context: CliContext,
): void {
  if (!place) {
    writeResult(context, files.map(({ text }) => text).join(''));
    return;
  }
  const existing = files.map(place).find((path) => existsSync(path) && !isDevice(path));
  if (existing !== undefined && !isForced) throw alreadyThere(existing);
  for (const path of files.map(place)) {
    makeFolderFor(path);
    requirePlaceFor(path);
  }
  for (const file of files) {
    const path = place(file);
    writeOutput(path, file.text);
    say(context, `wrote ${path}`);
  }
}

function makeFolderFor(file: string): void {
  const path = dirname(file);
  try {
    makeFolder(path);
  } catch (error) {
    throw toIoError(error, { action: 'create', path });
  }
}

function missingFolder(formats: readonly ExportFormat[]): RlpromptError {
  const names = formats.map(({ name }) => name).join(', ');
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${names}: more than one file is written, which needs a folder`,
    where: '--out',
    next: 'add --out DIR',
  });
}

function alreadyThere(path: string): RlpromptError {
  return new RlpromptError({
    code: 'E_EXISTS',
    exit: 'cannotCreate',
    message: `${path} is there already`,
    where: '--out',
    kept: 'the file is unchanged',
    next: 'add --force to replace it',
  });
}
