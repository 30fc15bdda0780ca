import { realpathSync } from 'node:fs';
import { RlpromptError } from '../errors.js';
import { nodeFileSystem } from '../files/file-system.js';
import { toIoError } from '../files/io-error.js';
import { isThere } from '../files/read/is-there.js';
import { readBytes, readText } from '../files/read/read-file.js';
import { strictJson } from '../files/strict-json.js';
import { AppendFile } from '../files/write/append-file.js';
import { countOf } from '../group-digits.js';
import { type Ranking, readRanking } from './ranking.js';

/**
 * Reads rankings, one JSON object per line: rankings as `rlprompt rate` writes them, or pairs `{prompt, chosen, rejected}`.
 * @throws RlpromptError `E_RANKING_FILE` with the first bad line and their number; `E_FILE_NOT_FOUND` where there is no file
 */
export function readRankings(path: string): Ranking[] {
  const lines = readText(path).split(/\r\n|\n/);
  const problems: string[] = [];
  const rankings = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const read = readLine(line);
    if (!('problem' in read)) return [read];
    problems.push(`line ${index + 1}: ${read.problem}`);
    return [];
  });
  if (problems.length > 0) {
    const more = problems.length > 1 ? ` (and ${countOf(problems.length - 1, 'more bad line')})` : '';
    throw new RlpromptError({
      code: 'E_RANKING_FILE',
      exit: 'data',
      message: `${problems[0]}${more}`,
      where: path,
      kept: 'the file is unchanged',
      next: 'correct these lines, or remove them; "rlprompt rate" writes the expected form',
    });
  }
  return rankings;
}

const LINE_END = '\n'.charCodeAt(0);
/** What the lines of this program begin with; nothing else is ever cut off. */
const BEGIN = '{"schemaVersion":1,';

/** Appends rankings one at a time, each on disk before the next is asked for. */
export class RankingWriter {
  private constructor(private readonly file: AppendFile) {}

  /** Opens the file, or begins it. Call `readRankings` first: a damaged file is refused there. */
  static open(path: string): RankingWriter {
    const bytes = isThere(path) ? Buffer.from(readBytes(path)) : Buffer.alloc(0);
    const file = openAt(path, bytes.length, bytes.length);
    // An editor may have left the last line without an end.
    if (bytes.length > 0 && bytes.at(-1) !== LINE_END) file.append(Buffer.from('\n'));
    return new RankingWriter(file);
  }

  add(ranking: Ranking): void {
    this.file.append(Buffer.from(`${strictJson({ schemaVersion: 1, ...ranking })}\n`), '\n');
    this.file.sync();
  }

  close(): void {
    this.file.close();
  }
}

function openAt(path: string, size: number, length: number): AppendFile {
  try {
    // The file of a user may lie elsewhere.
    const file = isThere(path) ? realpathSync(path) : path;
    return AppendFile.open(file, nodeFileSystem, { size, length });
  } catch (error) {
    throw toIoError(error, { action: 'create', path });
  }
}

/** Cuts off a ranking that a kill or a power cut left half written. Returns whether there was one. */
export function cutHalfRanking(path: string): boolean {
  const bytes = Buffer.from(readBytes(path));
  const length = bytes.lastIndexOf(LINE_END) + 1;
  const rest = bytes.toString('utf8', length);
  if (!rest.startsWith(BEGIN) || !('problem' in readLine(rest))) return false;
  openAt(path, bytes.length, length).close();
  return true;
}

function readLine(line: string): Ranking | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'not valid JSON' };
  }
  return readRanking(value);
}
