import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { RlpromptError } from '../errors.js';
import type { CliContext } from './context.js';
import { writeResult } from './output.js';
import { packageVersion } from './program.js';
import { formatTable } from './table.js';
import { parseCount } from './top.js';

const EXAMPLES = `Examples:
  $ rlprompt export runs/spam-20260101-120000 --format ts --output spam-prompt.ts
  $ rlprompt export runs/spam-20260101-120000 --format txt --rank 2
  $ rlprompt export --list
`;

interface ExportOptions {
  readonly format: string;
  readonly rank?: number;
  readonly output?: string;
  readonly force?: true;
  readonly raw?: true;
  readonly list?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Writes the best prompt of a run in a form that other programs load.')
    .argument('[run]', 'run folder')
    .option('-f, --format <NAME>', 'see --list', 'json')
    .option('--rank <N>', 'which prompt of "rlprompt top" (default: the best; csv: all)', parseCount)
    .option('-o, --output <FILE>', 'write to a file instead of stdout')
    .option('--force', 'replace the file if it is there')
    .option('--raw', 'csv: leave cells as they are, even where a spreadsheet would run them')
    .option('--list', 'list the formats')
    .addHelpText('before', EXAMPLES)
    .action(async (runDir: string | undefined, options: ExportOptions) => {
      const { EXPORT_FORMATS, findFormat } = await import('../export/formats.js');
      if (options.list) {
        writeResult(context, formatTable(EXPORT_FORMATS.map(({ name, description }) => [name, description])));
        return;
      }
      const format = findFormat(options.format);
      if (runDir === undefined) throw missingRun();
      if (options.output !== undefined) refuseExisting(options.output, options.force);
      const prompts = await readPrompts(runDir, options.rank, format.isTable);
      await write(format.render(prompts, { isRaw: options.raw === true }), options.output, context);
    });
}

async function readPrompts(runDir: string, rank: number | undefined, isTable: boolean) {
  const [{ readRunRecord }, { exportPrompt }] = await Promise.all([
    import('../export/run-record.js'),
    import('../export/export-prompt.js'),
  ]);
  const record = readRunRecord(runDir);
  const ranks = rank === undefined && isTable ? record.prompts.map((_, i) => i + 1) : [rank ?? 1];
  return ranks.map((one) => exportPrompt(record, one, packageVersion()));
}

async function write(text: string, output: string | undefined, context: CliContext): Promise<void> {
  if (output === undefined) {
    writeResult(context, text);
    return;
  }
  const { atomicWrite } = await import('../run/atomic-write.js');
  atomicWrite(output, text);
  context.stderr.write(`wrote ${output}\n`);
}

function refuseExisting(output: string, force: true | undefined): void {
  if (force || !existsSync(output)) return;
  throw new RlpromptError({
    code: 'E_EXISTS',
    exit: 'cannotCreate',
    message: `${output} is there already`,
    where: '--output',
    kept: 'the file, untouched',
    next: 'add --force to replace it',
  });
}

function missingRun(): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: "missing required argument 'run'",
    next: 'rlprompt export --help',
  });
}
