import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDataFileName } from '../../data/read-table.js';
import { factsOf } from '../../files/read/facts-of.js';
import { readAt } from '../../files/read/read-at.js';

/** JSON files that every Node project has, and configuration: no data of a person. */
const NO_DATA = /^(package|package-lock|tsconfig.*|rlprompt\..*)\.json$/;
/** A JSON array, or an object that ends on its line, as records do and an export of this program does not. */
const RECORDS = /^\s*(\[|\{.*\}\s*([\r\n]|$))/;
/** In the first line: a column that `predict` writes. */
const PREDICTIONS = /^[^\r\n]*\bpredicted\b/;
/** A run needs a few rows of each label; a shorter file is rather one to predict labels for. */
const FEWEST_LINES = 8;
const MOST_BYTES = 64 * 1024;

/** The data file in a folder that was written last; undefined where there is none. */
export function newestDataFile(folder: string): string | undefined {
  const names = readdirSync(folder).filter((name) => isDataFileName(name) && !NO_DATA.test(name));
  const files = names.flatMap((name) => {
    const facts = factsOf(join(folder, name));
    return facts?.isFile() ? [{ name, writtenAt: facts.mtimeMs }] : [];
  });
  const newest = files.sort((a, b) => b.writtenAt - a.writtenAt || a.name.localeCompare(b.name));
  return newest.find(({ name }) => {
    const beginning = beginningOf(join(folder, name));
    if (name.endsWith('.json')) return RECORDS.test(beginning);
    return !PREDICTIONS.test(beginning) && beginning.split('\n').length > FEWEST_LINES;
  })?.name;
}

/** Empty for a file that cannot be read: it is not worth offering. */
function beginningOf(file: string): string {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(MOST_BYTES);
      return bytes.toString('utf8', 0, readAt(handle, bytes, 0));
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}
