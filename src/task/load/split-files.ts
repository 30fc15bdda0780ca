import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isDataFileName } from '../../data/read-table.js';
import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import type { Split } from '../types.js';

/** The files of a data set; train may hold the rows of the others too. */
export interface SplitFiles {
  readonly train: string;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
}

/** What data sets call their splits, in lower case. */
const SPLIT_NAMES: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  dev: 'dev',
  valid: 'dev',
  validation: 'dev',
  val: 'dev',
  test: 'test',
  testing: 'test',
};

/** The split that a word stands for; undefined where it stands for none. */
export function splitNamed(word: string): Split | undefined {
  const name = word.trim().toLowerCase();
  return Object.hasOwn(SPLIT_NAMES, name) ? SPLIT_NAMES[name] : undefined;
}

/**
 * The data files of a folder by their names, such as `train.csv`, `dev.csv` and `test.csv`; undefined where it has no
 * train file.
 *
 * @throws RlpromptError `E_DATA_SPLIT_FILES` where two files stand for one split
 */
export function splitFilesIn(folder: string): SplitFiles | undefined {
  const files: Partial<Record<Split, string>> = {};
  for (const name of readdirSync(folder).sort()) {
    const split = isDataFileName(name) ? splitNamed(path.parse(name).name) : undefined;
    if (split === undefined) continue;
    const other = files[split];
    if (other !== undefined) throw twoFiles(folder, split, path.basename(other), name);
    files[split] = path.join(folder, name);
  }
  const { train, dev, test } = files;
  return train === undefined ? undefined : { train, dev, test };
}

/** Whether a reference is a folder of data files without a task's code. */
export function isSplitFolder(folder: string, codeNames: readonly string[]): boolean {
  return !codeNames.some((name) => isThere(path.join(folder, name))) && splitFilesIn(folder) !== undefined;
}

function twoFiles(folder: string, split: Split, one: string, other: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_SPLIT_FILES',
    exit: 'data',
    message: `the folder has two ${split} files, ${one} and ${other}`,
    where: folder,
    next: 'name the files: rlprompt run TRAIN --dev FILE --test FILE',
  });
}
