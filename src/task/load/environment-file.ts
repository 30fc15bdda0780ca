import path from 'node:path';
import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import { builtInEnvironmentFile, builtInEnvironmentNames } from './built-in-tasks.js';

/**
 * Where the code of an environment lies.
 *
 * @param reference the name of a built-in environment, or a file
 * @throws RlpromptError E_ENVIRONMENT_MISSING
 */
export function environmentFile(reference: string): { file: string; isBuiltIn: boolean } {
  const names = builtInEnvironmentNames();
  if (names.includes(reference)) return { file: builtInEnvironmentFile(reference), isBuiltIn: true };
  const file = path.resolve(reference);
  if (isThere(file)) return { file, isBuiltIn: false };
  throw new RlpromptError({
    code: 'E_ENVIRONMENT_MISSING',
    exit: 'missingInput',
    message: `there is no environment ${JSON.stringify(reference)}; built-in: ${names.join(', ')}`,
    where: reference,
    kept: 'nothing was started',
    next: 'name a built-in one, or the path of a file that exports defineEnvironment({ … })',
  });
}
