import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { RunReport } from '../../../report/run-report.js';
import type { NonEmpty } from '../../../statistics/non-empty.js';
import type { CliContext } from '../../output/context.js';
import { announceReport } from '../../shared/announce-report.js';

const EXAMPLES = `Examples:
  $ rlprompt report runs/spam-20260101-120000 --open
  $ rlprompt report runs/spam-a runs/spam-b --out comparison.html
  $ rlprompt transfer runs/spam-a --target smollm2 --json > transfer.json
  $ rlprompt report runs/spam-a --transfer transfer.json
`;

interface ReportOptions {
  readonly out?: string;
  readonly transfer?: string;
  readonly open?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Writes one HTML page about a run, or about several side by side. It loads nothing from anywhere.')
    .argument('<run...>', 'run folders')
    .option('-o, --out <FILE>', 'where to write it (default: report.html in the first run)')
    .option('--transfer <FILE>', 'also show this output of "rlprompt transfer --json"')
    .option('--open', 'open it in the browser')
    .addHelpText('before', EXAMPLES)
    .action(async (runDirs: NonEmpty<string>, options: ReportOptions) => {
      await announceReport(await writeReport(runDirs, options), options.open, context);
    });
}

async function writeReport(runDirs: NonEmpty<string>, { out, transfer }: ReportOptions): Promise<string> {
  const [
    { readRunReport },
    { drawMolecules },
    { renderReport },
    { readTransferFile },
    { isReportPage },
    { requirePlaceFor, writeOutput },
  ] = await Promise.all([
    import('../../../report/run-report.js'),
    import('../../../report/draw-molecules.js'),
    import('../../../report/page/page.js'),
    import('../../../report/transfer-file.js'),
    import('../../../report/page/whole-page.js'),
    import('../../../files/write/write-output.js'),
  ]);
  const matrix = transfer === undefined ? undefined : readTransferFile(transfer);
  const file = resolve(out ?? join(runDirs[0], 'report.html'));
  const read = async (runDir: string): Promise<RunReport> => {
    const run = readRunReport(runDir);
    return { ...run, molecules: await drawMolecules(run.prompts) };
  };
  const [first, ...others] = runDirs;
  const runs: NonEmpty<RunReport> = [await read(first), ...(await Promise.all(others.map(read)))];
  const kind = { name: 'report', isOne: isReportPage };
  requirePlaceFor(file, { kind, ...(transfer === undefined ? {} : { inputs: [transfer] }) });
  writeOutput(file, renderReport(runs, { transfer: matrix }));
  return file;
}
