import { nearestWord, RlpromptError } from '../errors.js';
import { csvFormat } from './csv.js';
import type { ExportFormat } from './exported-prompt.js';
import { jsonFormat } from './json.js';
import { tsFormat } from './ts.js';
import { txtFormat } from './txt.js';

/** Every format of `rlprompt export`. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [jsonFormat, txtFormat, csvFormat, tsFormat];

/** @throws RlpromptError E_EXPORT_FORMAT naming the formats there are. */
export function findFormat(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((candidate) => candidate.name === name);
  if (format) return format;
  const names = EXPORT_FORMATS.map((candidate) => candidate.name);
  const near = nearestWord(name, names);
  throw new RlpromptError({
    code: 'E_EXPORT_FORMAT',
    exit: 'usage',
    message: `unknown format ${JSON.stringify(name)}${near ? `, did you mean ${near}?` : ''}`,
    where: '--format',
    next: `formats: ${names.join(', ')}`,
  });
}
