import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { hasErrno, nodeFileSystem } from '../../files/file-system.js';
import { toIoError } from '../../files/io-error.js';
import { strictJson } from '../../files/strict-json.js';
import { atomicWrite } from '../../files/write/atomic-write.js';
import { shellWord } from '../../shell-word.js';
import type { Split } from '../../task/types.js';

/** What the best policy proposes for one input of the data. */
export interface PolicyRow {
  readonly split: Split;
  /** Position within the split. */
  readonly index: number;
  readonly input: string;
  readonly prompt: string;
  readonly tokenIds: readonly number[];
  /** Raw reward of the prompt on this input. */
  readonly reward: number;
}

/** `policy.json`: the prompts of the best policy for the dev inputs, and for the test inputs once the run is finished. */
export interface PolicyTable {
  readonly schemaVersion: 1;
  /** After which the policy was as it is here. */
  readonly step: number;
  readonly rows: readonly PolicyRow[];
}

const FILE = 'policy.json';

export function writePolicyTable(runDir: string, table: PolicyTable): void {
  atomicWrite(join(runDir, FILE), `${strictJson(table)}\n`);
}

/** @throws RlpromptError `E_POLICY_FILE` where it is missing or damaged */
export function readPolicyTable(runDir: string): PolicyTable {
  const path = join(runDir, FILE);
  try {
    const table = JSON.parse(Buffer.from(nodeFileSystem.read(path)).toString('utf8')) as Partial<PolicyTable> | null;
    if (table?.schemaVersion === 1 && Array.isArray(table.rows)) return table as PolicyTable;
  } catch (error) {
    if (!(error instanceof SyntaxError || hasErrno(error, 'ENOENT'))) throw toIoError(error, { action: 'read', path });
  }
  throw new RlpromptError({
    code: 'E_POLICY_FILE',
    exit: 'data',
    message: 'the table of the policy’s prompts is missing, damaged or of another version',
    where: path,
    kept: 'the policy itself',
    next: `rlprompt eval … --policy ${shellWord(runDir)}`,
  });
}
