import { existsSync, statSync } from 'node:fs';
import { RlpromptError } from '../errors.js';
import { AppendFile } from '../files/append-file.js';
import { nodeFileSystem } from '../files/file-system.js';
import { toIoError } from '../files/io-error.js';
import { readText } from '../files/read-file.js';
import { strictJson } from '../files/strict-json.js';
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
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more bad lines)` : '';
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

/** Appends rankings one at a time, each on disk before the next is asked for. */
export class RankingWriter {
  private constructor(private readonly file: AppendFile) {}

  /** Opens the file, or begins it. Call `readRankings` first: a damaged file is refused there. */
  static open(path: string): RankingWriter {
    const size = existsSync(path) ? statSync(path).size : 0;
    try {
      return new RankingWriter(AppendFile.open(path, nodeFileSystem, { size, length: size }));
    } catch (error) {
      throw toIoError(error, { action: 'create', path });
    }
  }

  add(ranking: Ranking): void {
    this.file.append(Buffer.from(`${strictJson({ schemaVersion: 1, ...ranking })}\n`), '\n');
    this.file.sync();
  }

  close(): void {
    this.file.close();
  }
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
