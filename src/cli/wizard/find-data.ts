import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDataFileName } from '../../data/read-table.js';

/** JSON files that every Node project has, and configuration: no data of a person. */
const NO_DATA = /^(package|package-lock|tsconfig.*|rlprompt\..*)\.json$/;

/** The data file in a folder that was written last; undefined where there is none. */
export function newestDataFile(folder: string): string | undefined {
  const names = readdirSync(folder).filter((name) => isDataFileName(name) && !NO_DATA.test(name));
  const files = names.flatMap((name) => {
    const facts = statSync(join(folder, name), { throwIfNoEntry: false });
    return facts?.isFile() ? [{ name, writtenAt: facts.mtimeMs }] : [];
  });
  return files.sort((a, b) => b.writtenAt - a.writtenAt || a.name.localeCompare(b.name))[0]?.name;
}
