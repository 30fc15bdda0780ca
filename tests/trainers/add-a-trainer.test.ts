import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { afterAll, describe, expect, it } from 'vitest';
import type { Trainer } from '../../src/trainers/contract/types.js';
import { testTrainer } from '../contracts/trainer.js';
import { type ToySettings, toySettings } from './toy-search.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/how-to/add-a-trainer.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'rlprompt-example-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files of the page by their path in the repository. */
const files = new Map(
  [...page.matchAll(/```ts\n\/\/ (src\/\S+)\n(.*?)```/gs)].map(([, path = '', text = '']) => [path, text]),
);

/** Writes the files to a folder outside the repository; what they import from the repository they get from there. */
for (const [path, text] of files) {
  const place = dirname(join(root, path));
  const written = text.replaceAll(/from '(\.\.\/[^']+)'/g, (_, name: string) => `from '${resolve(place, name)}'`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, path.split('/').at(-1)!), written);
}

interface Example {
  readonly create: (generator: unknown, settings: unknown) => Promise<Trainer>;
}

const load = () => createJiti(import.meta.url).import<Example>(join(folder, 'running-baseline.ts'));

describe('the trainer of docs/how-to/add-a-trainer.md', () => {
  it('is two files, about 30 lines of them the trainer', () => {
    expect([...files.keys()]).toEqual([
      'src/trainers/algorithms/running-baseline/settings.ts',
      'src/trainers/algorithms/running-baseline/running-baseline.ts',
    ]);
    expect(
      files.get('src/trainers/algorithms/running-baseline/running-baseline.ts')!.trimEnd().split('\n').length,
    ).toBeLessThanOrEqual(30);
  });
});

testTrainer('running-baseline', {
  create: async (generator, settings) => (await load()).create(generator, settings),
  settings: (seed): ToySettings & { readonly baselineRate: number } => ({
    ...toySettings({ trainer: 'reinforce', seed, promptsPerStep: 8 }),
    baselineRate: 0.1,
  }),
  kind: 'policy',
});
