import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { factsOfNamed } from '../../files/read/is-there.js';
import { readBytes } from '../../files/read/read-file.js';
import { readUserFile } from '../../user-code/read-user-file.js';
import { refuseProblems } from '../values/config-problem.js';

/** A configuration file, read but not yet checked against the schema. */
export interface ConfigFile {
  /** As messages show it: relative to the working directory. */
  readonly name: string;
  /** Relative paths in the file start here. */
  readonly directory: string;
  /** Without a prototype. */
  readonly values: Readonly<Record<string, unknown>>;
  /** file:line:column of a key where the format has positions, else the file. */
  locate(key: string): string;
}

export const CONFIG_FILE_NAMES = ['yaml', 'yml', 'json', 'mjs', 'ts'].map((ending) => `rlprompt.config.${ending}`);

const LARGEST = 64 * 1024;

/** How long a file that is a program may take. */
const PROGRAM_MS = 30_000;

/**
 * The configuration file that applies in `directory`: there or in a parent, up to the root of the repository.
 * @throws RlpromptError E_CONFIG where a folder holds two of them.
 */
export function findConfigFile(directory: string): string | undefined {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const [found, second] = CONFIG_FILE_NAMES.map((name) => join(folder, name)).filter((file) => existsSync(file));
    if (found && second)
      refuseProblems(
        [{ message: `both ${basename(found)} and ${basename(second)} are there`, where: folder }],
        'keep one, or name it with --config',
      );
    if (found) return found;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/**
 * Reads a configuration file by its ending: .yaml, .yml, .json, .mjs, .js or .ts (default export).
 * @throws RlpromptError E_CONFIG_MISSING, E_CONFIG_ENCODING, or E_CONFIG naming every mistake with file:line:column.
 */
export async function loadConfigFile(path: string, programMs = PROGRAM_MS): Promise<ConfigFile> {
  const file = resolve(path);
  const name = relative(process.cwd(), file) || file;
  if (!factsOfNamed(file)?.isFile()) {
    throw new RlpromptError({
      code: 'E_CONFIG_MISSING',
      exit: 'missingInput',
      message: 'no such configuration file',
      where: path,
      next: 'check the path after --config',
    });
  }
  const ending = extname(file);
  if (['.mjs', '.js', '.ts', '.mts'].includes(ending)) return loadProgram(file, name, programMs);
  if (!['.yaml', '.yml', '.json'].includes(ending)) {
    refuseProblems([
      {
        message: `configuration files end in .yaml, .yml, .json, .mjs or .ts, not ${ending || 'nothing'}`,
        where: path,
      },
    ]);
  }
  const { readYamlValues } = await import('./yaml-values.js');
  const { values, positions, problems } = readYamlValues(
    readUtf8(file, name),
    name,
    ending === '.json' ? 'json' : 'core',
  );
  refuseProblems(problems);
  return { name, directory: dirname(file), values, locate: (key) => positions.get(key) ?? name };
}

function readUtf8(file: string, name: string): string {
  if (statSync(file).size > LARGEST) {
    refuseProblems([{ message: `larger than ${LARGEST / 1024} KiB`, where: name }]);
  }
  const bytes = readBytes(file, LARGEST);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_CONFIG_ENCODING',
      exit: 'data',
      message: 'the configuration file is not UTF-8',
      where: name,
      next: `iconv -f utf-16 -t utf-8 ${name}`,
      cause,
    });
  }
}

async function loadProgram(file: string, name: string, timeoutMs: number): Promise<ConfigFile> {
  try {
    const settings = await readUserFile({ kind: 'configuration file', file }, timeoutMs);
    const values: Record<string, unknown> = Object.assign(Object.create(null), settings);
    return { name, directory: dirname(file), values, locate: () => name };
  } catch (error) {
    throw error instanceof RlpromptError ? error.with({ where: name }) : error;
  }
}
