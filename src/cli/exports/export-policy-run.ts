import { RlpromptError } from '../../errors.js';
import type { ExportedFile, ExportFormat } from '../../export/contract/exported-prompt.js';
import { exportPolicy, POLICY_FORMATS } from '../../export/export-policy.js';
import type { RunRecord } from '../../export/run-record.js';
import { packageVersion } from '../../package-root.js';
import { shellWord } from '../../shell-word.js';
import type { CliContext } from '../output/context.js';
import { writeFiles } from './export-files.js';

interface PolicyExportOptions {
  readonly rank?: number;
  readonly force?: true;
  readonly raw?: true;
  readonly verify?: true;
}

/**
 * Writes what the best policy of a run proposes for its dev and test inputs.
 * @throws RlpromptError `E_EXPORT_POLICY` for what only a single prompt can have
 */
export function exportPolicyRun(
  record: RunRecord,
  wanted: readonly ExportFormat[],
  options: PolicyExportOptions,
  place: ((file: ExportedFile) => string) | undefined,
  context: CliContext,
): void {
  const formats = wanted.map(({ name }) => {
    const format = POLICY_FORMATS.find((candidate) => candidate.name === name);
    if (!format) throw refusal(record, `the format ${name} holds one prompt`, '--format');
    return format;
  });
  if (options.rank !== undefined) throw refusal(record, 'only the best policy is kept', '--rank');
  if (options.verify) throw refusal(record, 'there is no exported prompt to score again', '--verify');
  const policy = exportPolicy(record, packageVersion());
  const files = formats.map(({ file, render }) => ({
    path: file,
    text: render(policy, { isRaw: options.raw === true }),
  }));
  writeFiles(files, place, options.force === true, context);
}

function refusal({ runDir }: RunRecord, reason: string, where: string): RlpromptError {
  const names = POLICY_FORMATS.map(({ name }) => name).join(' and ');
  return new RlpromptError({
    code: 'E_EXPORT_POLICY',
    exit: 'usage',
    message: `${reason}, and this run found a policy that writes one for each input; ${names} hold a table of them`,
    where,
    kept: 'nothing was written',
    next: `rlprompt export ${shellWord(runDir)} --format csv`,
  });
}
