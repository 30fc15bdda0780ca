import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Layers from the ground up: a file may import from its own part and from the parts listed for it. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'errors.ts': [],
  'types.ts': [],
  'package-root.ts': ['errors.ts'],
  'events.ts': ['errors.ts', 'trainers/types.ts'],
  'selection.ts': ['events.ts'],
  data: ['errors.ts', 'random', 'task/types.ts'],
  template: ['errors.ts'],
  random: ['errors.ts'],
  statistics: [],
  losses: ['errors.ts'],
  metrics: ['errors.ts', 'lm/types.ts', 'statistics'],
  lm: ['errors.ts', 'package-root.ts', 'template', 'random'],
  policy: ['errors.ts', 'lm', 'losses', 'random'],
  task: ['errors.ts', 'package-root.ts', 'data', 'template', 'lm', 'random'],
  rewards: ['errors.ts', 'lm', 'metrics', 'task', 'template', 'trainers/types.ts', 'random', 'statistics'],
  'task-host': ['errors.ts', 'random', 'rewards', 'task'],
  trainers: ['errors.ts', 'losses', 'policy', 'random', 'rewards', 'lm', 'statistics'],
  config: ['errors.ts', 'package-root.ts', 'lm/embedded.ts'],
  run: [
    'errors.ts',
    'package-root.ts',
    'events.ts',
    'config',
    'data',
    'lm',
    'policy',
    'random',
    'rewards',
    'selection.ts',
    'statistics',
    'task',
    'template',
    'trainers',
  ],
  memory: ['errors.ts', 'events.ts', 'run', 'task'],
  'optimize.ts': ['errors.ts', 'events.ts', 'config', 'export', 'memory', 'rewards', 'run', 'task', 'trainers'],
  'evaluate.ts': ['errors.ts', 'events.ts', 'config', 'data', 'lm', 'rewards', 'run', 'task', 'template'],
  export: ['errors.ts', 'config', 'evaluate.ts', 'events.ts', 'rewards', 'run', 'selection.ts', 'task', 'template'],
  'transfer.ts': ['errors.ts', 'config', 'data', 'evaluate.ts', 'run', 'task'],
  report: ['errors.ts', 'events.ts', 'export', 'run', 'task', 'transfer.ts', 'ui/format-values.ts', 'ui/sanitize.ts'],
  compare: ['errors.ts', 'events.ts', 'config', 'report', 'run'],
  'compare.ts': ['errors.ts', 'events.ts', 'compare', 'config', 'report', 'run'],
  ui: ['errors.ts', 'events.ts', 'selection.ts', 'types.ts', 'trainers/types.ts'],
};

/** The outermost parts may import anything inside. */
const OUTERMOST = new Set(['cli', 'worker', 'index.ts']);

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(join(root, 'src'), resolve(dirname(file), match[1]!)).replace(/\.js$/, '.ts'),
  );
}

describe('the one-way arrows between the parts', () => {
  const files = sourceFiles(join(root, 'src'));

  it('finds the source files', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(files.map((file) => relative(join(root, 'src'), file)))('%s imports only what lies below it', (name) => {
    const part = name.split('/')[0]!;
    if (OUTERMOST.has(part)) return;
    const allowed = MAY_IMPORT[part];
    expect(allowed, `part ${part} has no entry in MAY_IMPORT`).toBeDefined();
    const wrong = importsOf(join(root, 'src', name)).filter((path) => {
      const isOwn = path.split('/')[0] === part;
      return !isOwn && !allowed!.some((entry) => path === entry || path.startsWith(`${entry}/`));
    });
    expect(wrong).toEqual([]);
  });

  it('tasks import the public API only', () => {
    const wrong = sourceFiles(join(root, 'tasks')).flatMap((file) =>
      importsOf(file)
        .filter((path) => !path.startsWith('../tasks/') && path !== 'index.ts')
        .map((path) => `${relative(root, file)} -> ${path}`),
    );
    expect(wrong).toEqual([]);
  });
});
