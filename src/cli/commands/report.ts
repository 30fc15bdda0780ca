import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../shared/context.js';
import { openInBrowser } from '../shared/open-file.js';
import { writeResult } from '../shared/output.js';

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
  readonly serve?: true;
  readonly port?: number;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Writes one HTML page about a run, or about several side by side. It loads nothing from anywhere.')
    .argument('<run...>', 'run folders')
    .option('-o, --out <FILE>', 'where to write it (default: report.html in the first run)')
    .option('--transfer <FILE>', 'also show this output of "rlprompt transfer --json"')
    .option('--open', 'open it in the browser')
    .option('--serve', 'serve it to this machine until Ctrl-C instead of writing a file; reloading shows what is new')
    .option('--port <N>', 'port for --serve (default: a free one)', parsePort)
    .addHelpText('before', EXAMPLES)
    .action(async (runDirs: string[], options: ReportOptions) => {
      const render = await prepareReport(runDirs, options.transfer);
      const location = options.serve ? await serve(render, options, context) : await write(render(), runDirs, options);
      if (!options.serve) writeResult(context, `${location}\n`);
      if (options.open && !(await openInBrowser(location))) {
        context.stderr.write(`rlprompt: warning: no browser could be started; open ${location}\n`);
      }
      if (options.serve) await interruption();
    });
}

/** Reads everything once, so that a mistake shows before a page is promised. */
async function prepareReport(runDirs: readonly string[], transferFile: string | undefined): Promise<() => string> {
  const [{ readRunReport }, { renderReport }, { readTransferFile }] = await Promise.all([
    import('../../report/run-report.js'),
    import('../../report/page/page.js'),
    import('../../report/transfer-file.js'),
  ]);
  const render = () => {
    const transfer = transferFile === undefined ? undefined : readTransferFile(transferFile);
    return renderReport(runDirs.map(readRunReport), { transfer });
  };
  render();
  return render;
}

async function write(page: string, runDirs: readonly string[], { out }: ReportOptions): Promise<string> {
  const { atomicWrite } = await import('../../files/atomic-write.js');
  const file = resolve(out ?? join(runDirs[0]!, 'report.html'));
  atomicWrite(file, page);
  return file;
}

async function serve(render: () => string, { port = 0 }: ReportOptions, context: CliContext): Promise<string> {
  const { serveReport } = await import('../../report/serve-report.js');
  const { url } = await serveReport({ render, port });
  writeResult(context, `${url}\n`);
  context.stderr.write('rlprompt: serving to this machine only; Ctrl-C ends it\n');
  return url;
}

/** Resolves at Ctrl-C: the end of serving that is asked for is no failure. */
function interruption(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isSafeInteger(port) || port < 0 || port > 65535) {
    throw new InvalidArgumentError('expected a port from 0 to 65535');
  }
  return port;
}
