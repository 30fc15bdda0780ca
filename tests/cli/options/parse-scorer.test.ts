import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScorer } from '../../../src/cli/options/parse-scorer.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-scorer-'));
const file = join(folder, 'v.safetensors');
writeFileSync(file, '');
writeFileSync(join(folder, 'v=a'), '');

describe('a scorer and its weight', () => {
  it.each([
    ['', 1],
    ['=0.5', 0.5],
    ['=-2', -2],
    ['=1e-3', 0.001],
    ['=2E1', 20],
  ])('%s is read as the weight %d', (written, weight) => {
    expect(parseScorer(`${file}${written}`)).toEqual({ file, weight });
  });

  it.each(['=high', '=', '=1.2.3', '=Infinity', '=1e308'])('%s is refused as a weight', (written) => {
    expect(() => parseScorer(`${file}${written}`)).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: `${file}${written} has a weight that is no number from -1000 to 1000`,
      }),
    );
  });

  it('may be a file with = in its name', () => {
    const odd = join(folder, 'v=a');
    expect(parseScorer(odd)).toEqual({ file: odd, weight: 1 });
    expect(parseScorer(`${odd}=3`)).toEqual({ file: odd, weight: 3 });
    expect(parseScorer('no/such=file')).toEqual({ file: 'no/such=file', weight: 1 });
  });
});
