import type { RunConfig } from '../../config/run-config.js';
import { isDataFileName } from '../../data/read-table.js';
import { RlpromptError } from '../../errors.js';
import { toVisibleJson } from '../../visible-json.js';
import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';
import { warn } from '../output/say.js';

/**
 * Writes the prompt of each row of a data file, a JSON line each: into a file, or on stdout.
 * @throws RlpromptError `E_USAGE` without a policy or a data file
 */
export async function writeProposals(
  config: RunConfig,
  { policy, perExample }: { readonly policy?: string; readonly perExample?: string },
  context: CliContext,
): Promise<void> {
  if (policy === undefined || !isDataFileName(config.task)) {
    throw new RlpromptError({
      code: 'E_USAGE',
      exit: 'usage',
      message: 'rows without labels can be given prompts by a policy, and have to stand in a data file',
      where: '--unlabelled',
      next: 'rlprompt eval mails.csv --policy runs/spam-… --unlabelled',
    });
  }
  const { proposeRows } = await import('../../run/prepare/propose-rows.js');
  const rows = await proposeRows(config, policy, (warning) => warn(context, warning));
  const lines = rows.map((row) => `${toVisibleJson(row)}\n`).join('');
  if (perExample === undefined) return writeResult(context, lines);
  const { writeOutput } = await import('../../files/write/write-output.js');
  writeOutput(perExample, lines);
}
