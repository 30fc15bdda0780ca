import { readFileSync } from 'node:fs';
import { RlpromptError } from '../../errors.js';
import type { ExportedFile, ExportFormat } from '../../export/contract/exported-prompt.js';
import { ENSEMBLE_FORMATS, exportEnsemble } from '../../export/export-ensemble.js';
import type { RunRecord } from '../../export/run-record.js';
import { packageVersion } from '../../package-root.js';
import { zip } from '../../statistics/zip.js';
import type { CliContext } from '../output/context.js';
import { warn } from '../output/say.js';
import { reportCheck } from '../runs/report-check.js';
import { writeFiles } from './export-files.js';

interface EnsembleExportOptions {
  readonly rank?: number;
  readonly force?: true;
  readonly verify?: true;
}

/**
 * Writes the prompts that a run scored together, with what puts their answers together.
 * @throws RlpromptError `E_NO_ENSEMBLE`, `E_EXPORT_ENSEMBLE` for what only a single prompt can have, `E_EXPORT_MISMATCH`
 */
export async function exportEnsembleRun(
  record: RunRecord,
  wanted: readonly ExportFormat[],
  options: EnsembleExportOptions,
  place: ((file: ExportedFile) => string) | undefined,
  context: CliContext,
): Promise<void> {
  const ensemble = exportEnsemble(record, packageVersion());
  const formats = wanted.map(({ name }) => {
    const format = ENSEMBLE_FORMATS.find((candidate) => candidate.name === name);
    if (!format) throw refusal(`the format ${name} holds one prompt`, '--format');
    return format;
  });
  if (options.rank !== undefined) throw refusal('an ensemble has no rank', '--rank');
  const warnings = new Set(formats.map((format) => format.warn?.(ensemble)));
  for (const warning of warnings) if (warning) warn(context, warning);
  const files = formats.map(({ file, render }) => ({ path: file, text: render(ensemble) }));
  writeFiles(files, place, options.force === true, context);
  if (!options.verify) return;
  const { verifyEnsemble } = await import('../../export/verify-ensemble.js');
  for (const [{ name, read }, file] of zip(formats, files)) {
    const where = place?.(file);
    const back = read(where === undefined ? file.text : readFileSync(where, 'utf8'));
    reportCheck(await verifyEnsemble(record, ensemble, back), { name, where: where ?? record.runDir }, context);
  }
}

function refusal(reason: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_EXPORT_ENSEMBLE',
    exit: 'usage',
    message: `${reason}; several that answer together go into ${ENSEMBLE_FORMATS.map(({ name }) => name).join(' or ')}`,
    where,
    kept: 'nothing was written',
    next: 'leave --ensemble out, or take --format ts',
  });
}
