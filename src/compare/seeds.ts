import { RlpromptError } from '../errors.js';
import { isNonEmpty, type NonEmpty } from '../statistics/non-empty.js';

const LARGEST = 0xff_ff_ff_ff;

/**
 * Reads `0,1,2`.
 * @throws RlpromptError `E_USAGE` where one is no seed or comes twice
 */
export function parseSeeds(text: string): NonEmpty<number> {
  const seeds = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isSeed = (seed: number): boolean => Number.isSafeInteger(seed) && seed >= 0 && seed <= LARGEST;
  if (isNonEmpty(seeds) && seeds.every(isSeed) && new Set(seeds).size === seeds.length) return seeds;
  throw new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `seeds are different whole numbers from 0 to ${LARGEST}, not ${JSON.stringify(text)}`,
    where: '--seeds',
    kept: 'nothing was started',
    next: '--seeds 0,1,2',
  });
}
