import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import type { PromptSummary, RunResult } from '../../events.js';
import { type FileSystem, nodeFileSystem } from '../../files/file-system.js';
import { isThere } from '../../files/read/is-there.js';
import { readText } from '../../files/read/read-file.js';
import { strictJson } from '../../files/strict-json.js';
import { atomicWrite } from '../../files/write/atomic-write.js';
import { shellWord } from '../../shell-word.js';

/** `best.json`: the best prompt so far, and the result once the run is finished. */
export interface BestFile {
  readonly schemaVersion: 1;
  readonly prompt: PromptSummary;
  readonly result?: RunResult;
}

const FILE = 'best.json';

export function writeBest(runDir: string, best: BestFile, fs: FileSystem = nodeFileSystem): void {
  atomicWrite(join(runDir, FILE), `${strictJson(best, 2)}\n`, fs);
}

/**
 * Undefined where the run has not come so far.
 *
 * @throws RlpromptError `E_BEST_FILE` where it is damaged
 */
export function readBest(runDir: string): BestFile | undefined {
  const path = join(runDir, FILE);
  if (!isThere(path)) return undefined;
  const best = parse(readText(path));
  if (best) return best;
  throw new RlpromptError({
    code: 'E_BEST_FILE',
    exit: 'data',
    message: 'best.json is damaged or of another version',
    where: path,
    kept: 'events.jsonl, which holds the same prompt',
    next: `rlprompt top ${shellWord(runDir)}`,
  });
}

/** The result that a run wrote down; undefined where there is none, or where the file is damaged. */
export function readResult(runDir: string): RunResult | undefined {
  const path = join(runDir, FILE);
  return isThere(path) ? parse(readText(path))?.result : undefined;
}

function parse(text: string): BestFile | undefined {
  try {
    const best = JSON.parse(text) as Partial<BestFile> | null;
    const isBest =
      best?.schemaVersion === 1 && typeof best.prompt?.text === 'string' && Array.isArray(best.prompt.tokenIds);
    return isBest ? (best as BestFile) : undefined;
  } catch {
    return undefined;
  }
}
