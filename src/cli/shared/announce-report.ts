import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';
import { warn } from '../output/say.js';
import { openInBrowser } from './open-file.js';

/** Says where a page was written, and opens it where that is asked for. */
export async function announceReport(file: string, open: true | undefined, context: CliContext): Promise<void> {
  writeResult(context, `${file}\n`);
  if (open && !(await openInBrowser(file))) {
    warn(context, `no browser could be started; open ${file}`);
  }
}
