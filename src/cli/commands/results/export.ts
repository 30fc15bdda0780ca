import { type Command, Option } from 'commander';
import { RlpromptError } from '../../../errors.js';
import type {
  ExportedFile,
  ExportedPrompt,
  ExportedPrompts,
  ExportedRow,
  ExportFormat,
} from '../../../export/contract/exported-prompt.js';
import type { RunRecord } from '../../../export/run-record.js';
import { packageVersion } from '../../../package-root.js';
import { parseCount } from '../../options/parse-count.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { warn } from '../../output/say.js';
import { reportCheck } from '../../runs/report-check.js';
import { fromAnotherFolder } from '../../shared/from-another-folder.js';

const EXAMPLES = `Examples:
  $ rlprompt export runs/spam-20260101-120000 --format ts --out spam-prompt.ts
  $ rlprompt export runs/spam-20260101-120000 --format txt --rank 2
  $ rlprompt export runs/spam-20260101-120000 --format json,txt,ts --out prompts/spam --verify
  $ rlprompt export runs/spam-20260101-120000 --ensemble --format ts --out together.ts
  $ rlprompt export --list
`;

interface ExportOptions {
  readonly format: string;
  readonly rank?: number;
  readonly out?: string;
  readonly output?: string;
  readonly force?: true;
  readonly raw?: true;
  readonly verify?: true;
  readonly ensemble?: true;
  readonly list?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Writes the best prompt of a run in a form that other programs load.')
    .argument('[run]', 'run folder')
    .option('-f, --format <NAMES>', 'one of --list, or several with commas between', 'json')
    .option('--rank <N>', 'which prompt of "rlprompt top" (default: the best; tables: all)', parseCount)
    .option('--ensemble', 'the prompts that the run scored together (run --ensemble K), as json or ts')
    .option('-o, --out <PATH>', 'write to a file, or into a folder, instead of stdout')
    .addOption(new Option('--output <PATH>', 'the former name of --out').hideHelp())
    .option('--force', 'replace existing files')
    .option('--raw', 'csv: leave cells as they are, even where a spreadsheet would run them')
    .option('--verify', 'score the exported text again on the dev split, and fail where it is not what the run found')
    .option('--list', 'list the formats')
    .addHelpText('before', EXAMPLES)
    .action(async (runDir: string | undefined, options: ExportOptions) => {
      if (options.list) return await list(context);
      const { findFormat } = await import('../../../export/formats.js');
      const formats = [...new Set(options.format.split(','))].map((name) => findFormat(name.trim()));
      if (runDir === undefined) throw missingRun();
      await exportAll(runDir, formats, options, context).catch((error: unknown) => {
        throw fromAnotherFolder(error, 'export the run');
      });
    });
}

async function list(context: CliContext): Promise<void> {
  const [{ EXPORT_FORMATS }, { FORMAT_GROUPS }] = await Promise.all([
    import('../../../export/formats.js'),
    import('../../../export/contract/exported-prompt.js'),
  ]);
  const rows = FORMAT_GROUPS.flatMap((group) => {
    const members = EXPORT_FORMATS.filter((format) => format.group === group);
    return [[group, ''], ...members.map(({ name, description }) => [`  ${name}`, description])];
  });
  writeResult(context, formatTable(rows, { width: context.stdout.columns }));
}

/** One format with the prompts that go into it and what it makes of them. */
interface Export {
  readonly format: ExportFormat;
  readonly prompts: ExportedPrompts;
  readonly files: readonly ExportedFile[];
}

async function exportAll(
  runDir: string,
  formats: readonly ExportFormat[],
  options: ExportOptions,
  context: CliContext,
): Promise<void> {
  const [{ readRunRecord }, { writeFormat }, { writeFiles, placeFiles }] = await Promise.all([
    import('../../../export/run-record.js'),
    import('../../../export/write-format.js'),
    import('../../exports/export-files.js'),
  ]);
  const place = placeFiles(formats, options.out ?? options.output);
  const record = readRunRecord(runDir);
  if (options.ensemble) {
    const { exportEnsembleRun } = await import('../../exports/export-ensemble-run.js');
    return await exportEnsembleRun(record, formats, options, place, context);
  }
  if (record.prompts[0]?.policy) {
    const { exportPolicyRun } = await import('../../exports/export-policy-run.js');
    return exportPolicyRun(record, formats, options, place, context);
  }
  const rows = formats.some(({ holdsRows }) => holdsRows) ? await readRows(record) : undefined;
  const exports: Export[] = [];
  for (const format of formats) {
    const prompts = await readPrompts(record, options.rank, format.isTable);
    exports.push({ format, prompts, files: writeFormat(format, prompts, { isRaw: options.raw === true, rows }) });
  }
  for (const { format, prompts } of exports) {
    const warnings = new Set(prompts.map((prompt) => format.warn?.(prompt)));
    for (const warning of warnings) if (warning) warn(context, warning);
  }
  const files = exports.flatMap((one) => one.files);
  writeFiles(files, place, options.force === true, context);
  if (options.verify) for (const one of exports) await verify(record, one, options, place, context);
}

async function readRows(record: RunRecord): Promise<readonly ExportedRow[] | undefined> {
  return (await import('../../exports/test-rows-of-run.js')).readTestRows(record);
}

async function readPrompts(record: RunRecord, rank: number | undefined, isTable: boolean): Promise<ExportedPrompts> {
  const { exportPrompt } = await import('../../../export/export-prompt.js');
  const at = (one: number): ExportedPrompt => exportPrompt(record, one, packageVersion());
  const others = rank === undefined && isTable ? record.prompts.slice(1).map((_, i) => at(i + 2)) : [];
  return [at(rank ?? 1), ...others];
}

/** @throws RlpromptError E_EXPORT_MISMATCH where the exported text differs from what the run scored. */
async function verify(
  record: RunRecord,
  { format, prompts, files }: Export,
  { raw }: ExportOptions,
  place: ((file: ExportedFile) => string) | undefined,
  context: CliContext,
): Promise<void> {
  const [{ verifyExport }, { readFileSync }] = await Promise.all([
    import('../../../export/verify-export.js'),
    import('node:fs'),
  ]);
  const read = 'readsFile' in format ? format.readsFile : format.file;
  const file = files.find(({ path }) => path === read);
  if (!file) throw new TypeError(`the format ${format.name} wrote no ${read}`);
  const text = place ? readFileSync(place(file), 'utf8') : file.text;
  const back = format.read(text, { isRaw: raw === true });
  const check = await verifyExport(record, prompts[0], back);
  reportCheck(check, { name: format.name, where: place ? place(file) : record.runDir }, context);
}

function missingRun(): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: "missing required argument 'run'",
    next: 'rlprompt export --help',
  });
}
