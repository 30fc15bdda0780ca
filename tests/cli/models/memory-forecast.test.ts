import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forecastMemory } from '../../../src/cli/models/memory-forecast.js';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { writeSmallData } from '../../small-data.js';
import { emptyFolder } from '../spawn-cli.js';

const task = writeSmallData(emptyFolder());

async function bytesOf(what: string, settings: Partial<RunConfigInput>): Promise<number> {
  const config = completeRunConfig({ task, verbalizer: { ham: 'list', spam: 'free' }, shots: 4, ...settings });
  return (await forecastMemory(config)).find((item) => item.what === what)!.bytes;
}

describe('the memory that a run is forecast to take', () => {
  it('grows with the demonstrations before each input, which are kept with it', async () => {
    const prefixes = (demos: number) => bytesOf('prefixes of the inputs', { demos });
    const [none, two, four] = [await prefixes(0), await prefixes(2), await prefixes(4)];
    expect(two).toBeGreaterThan(2 * none);
    expect(four - two).toBeCloseTo(two - none, -5);
  });

  it('counts the inner layer once for each token of a step', async () => {
    const large = { innerSize: 65536, promptsPerStep: 1024, promptLength: 64 };
    const policy = (settings: Partial<RunConfigInput>) => bytesOf('policy', settings);
    const more = (await policy(large)) - (await policy({ ...large, promptsPerStep: 512 }));
    expect(more).toBeGreaterThan(2 * 4 * 65536 * 512 * 64);
  });

  it('looks at as many rows as a data file has', async () => {
    const file = join(emptyFolder(), 'many.csv');
    const rows = Array.from({ length: 150_000 }, (_, i) => `${i},${i % 2 === 0 ? 'ham' : 'spam'}`);
    writeFileSync(file, `text,label\n${rows.join('\n')}\n`);
    expect(await bytesOf('prefixes of the inputs', { task: file, testSize: 'all' })).toBeGreaterThan(1e6);
  });
});
