import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { describe, expect, it } from 'vitest';
import type { createTrainer } from '../../src/trainers/registry.js';
import type { definitionOf, TrainerName, trainerOfLoss } from '../../src/trainers/trainer-table.js';
import { testTrainer } from '../contracts/trainer.js';
import type { toySettings } from './toy-search.js';

/** No trainer of the repository: the copy has it as the page adds it. */
const NAME = 'risk-seeking' as TrainerName;

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/how-to/add-a-trainer.md'), 'utf8');
const copy = mkdtempSync(join(tmpdir(), 'rlprompt-example-'));

/** The files of the page by their path in the repository. */
const files = new Map(
  [...page.matchAll(/```ts\n\/\/ (src\/\S+)\n(.*?)```/gs)].map(([, path = '', text = '']) => [path, text]),
);

/** A copy of the repository's source to which the page was done, step by step. */
function followThePage(): void {
  cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
  for (const path of ['package.json', 'tests/trainers/toy-search.ts']) cpSync(join(root, path), join(copy, path));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [path, text] of files) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const [, line = '', entry = ''] = /```ts\n(import .*?\n)\n(entry\(.*?\n)```/s.exec(page) ?? [];
  const table = join(copy, 'src/trainers/trainer-table.ts');
  writeFileSync(table, readFileSync(table, 'utf8').replace('] as const;', `  ${entry}$&`).replace(/^/, line));
}

followThePage();
const jiti = createJiti(import.meta.url);
const [registry, table, toy] = await Promise.all([
  jiti.import<{ createTrainer: typeof createTrainer }>(join(copy, 'src/trainers/registry.ts')),
  jiti.import<{ definitionOf: typeof definitionOf; trainerOfLoss: typeof trainerOfLoss }>(
    join(copy, 'src/trainers/trainer-table.ts'),
  ),
  jiti.import<{ toySettings: typeof toySettings }>(join(copy, 'tests/trainers/toy-search.ts')),
]);

describe('the trainer of docs/how-to/add-a-trainer.md', () => {
  it('is two files, about 30 lines of them the trainer', () => {
    const trainer = `src/trainers/algorithms/${NAME}/${NAME}.ts`;
    expect([...files.keys()]).toEqual([`src/trainers/algorithms/${NAME}/settings.ts`, trainer]);
    expect(files.get(trainer)?.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('is in the table with its loss, and has its defaults and its own setting', () => {
    expect(table.definitionOf(NAME)?.name).toBe(NAME);
    expect(table.trainerOfLoss(NAME)).toBe(NAME);
    expect(toy.toySettings({ trainer: NAME })).toMatchObject({ learningRate: 1e-3, loss: NAME, eliteShare: 0.25 });
  });
});

testTrainer(NAME, {
  create: (generator, settings) => registry.createTrainer(NAME, generator, settings),
  settings: (seed) => toy.toySettings({ trainer: NAME, seed, promptsPerStep: 8 }),
  kind: 'policy',
});
