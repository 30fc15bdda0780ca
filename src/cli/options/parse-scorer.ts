import { RlpromptError } from '../../errors.js';
import { isThere } from '../../files/read/is-there.js';
import { LARGEST_STRENGTH } from './parse-positive.js';

/** A file and, after the last `=`, its weight; a name may hold an `=` of its own. */
const WITH_WEIGHT = /^(.+)=([^=]*)$/s;

/**
 * Reads `FILE` or `FILE=WEIGHT`.
 * @throws RlpromptError `E_USAGE` where something else stands for the weight
 */
export function parseScorer(text: string): { file: string; weight: number } {
  const [, file, written = ''] = WITH_WEIGHT.exec(text) ?? [];
  const weight = written.trim() === '' ? Number.NaN : Number(written);
  if (file !== undefined && Math.abs(weight) <= LARGEST_STRENGTH) return { file, weight };
  if (file !== undefined && isThere(file) && !isThere(text)) {
    throw new RlpromptError({
      code: 'E_USAGE',
      exit: 'usage',
      message: `${text} has a weight that is no number from -${LARGEST_STRENGTH} to ${LARGEST_STRENGTH}`,
      where: '--scorer',
      next: '--scorer FILE=0.5',
    });
  }
  return { file: text, weight: 1 };
}
