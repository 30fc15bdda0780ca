import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');

/**
 * The arrows between the rooms: a folder, or a file at the top of src/, and all it may import from outside itself. A
 * permission that nobody uses is refused too, so this table is the structure as it is.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  classifier: ['errors.ts', 'random', 'template'],
  cli: ['cli/commands', 'cli/shared', 'cli/wizard', 'errors.ts', 'files', 'lm/onnx/run', 'package-root.ts'],
  'cli/check': [
    'cli/shared',
    'config',
    'data',
    'errors.ts',
    'lm',
    'lm/model',
    'rewards/classification',
    'run/loop',
    'task',
    'task/load',
    'ui',
  ],
  'cli/commands': [
    'cli/check',
    'cli/exports',
    'cli/models',
    'cli/predict',
    'cli/runs',
    'cli/shared',
    'cli/tasks',
    'compare',
    'compare.ts',
    'config',
    'data',
    'errors.ts',
    'evaluate.ts',
    'events.ts',
    'export',
    'export/formats',
    'files',
    'lm',
    'lm/endpoint',
    'lm/hub',
    'lm/onnx/families',
    'lm/onnx/run',
    'options',
    'package-root.ts',
    'predict.ts',
    'preferences',
    'prompt-library',
    'queue',
    'report',
    'report/page',
    'rewards/cache',
    'rewards/classification',
    'rewards/custom',
    'rewards/judge',
    'run/loop',
    'run/store',
    'task',
    'task/load',
    'transfer.ts',
    'ui',
    'ui/ink',
    'ui/reporters',
  ],
  'cli/exports': [
    'cli/runs',
    'cli/shared',
    'config',
    'data',
    'errors.ts',
    'events.ts',
    'export',
    'files',
    'package-root.ts',
    'run/loop',
  ],
  'cli/models': [
    'cli/shared',
    'config',
    'errors.ts',
    'files',
    'lm',
    'lm/endpoint',
    'lm/hub',
    'lm/model',
    'lm/onnx/families',
    'lm/onnx/graph',
    'lm/onnx/head',
    'lm/onnx/run',
    'run/loop',
  ],
  'cli/predict': ['classifier', 'cli/shared', 'config', 'data', 'errors.ts', 'export', 'package-root.ts', 'predict.ts'],
  'cli/runs': [
    'cli/shared',
    'compare',
    'config',
    'errors.ts',
    'events.ts',
    'export',
    'optimize.ts',
    'report',
    'run/store',
    'ui',
    'ui/reporters',
  ],
  'cli/shared': ['config', 'config/files', 'errors.ts', 'events.ts', 'files', 'lm/hub', 'trainers', 'ui'],
  'cli/tasks': ['config', 'data', 'lm', 'lm/model', 'rewards/custom', 'run/loop', 'task'],
  'cli/wizard': [
    'cli/check',
    'cli/shared',
    'config',
    'data',
    'errors.ts',
    'run/loop',
    'task/load',
    'ui',
    'ui/ink',
    'ui/reporters',
  ],
  compare: [
    'config',
    'errors.ts',
    'events.ts',
    'files',
    'options',
    'report',
    'report/charts',
    'run/loop',
    'run/store',
    'trainers',
  ],
  'compare.ts': ['compare', 'config', 'errors.ts', 'events.ts', 'report', 'run/store'],
  config: ['classifier', 'config/files', 'config/values', 'data', 'errors.ts', 'options', 'trainers'],
  'config/files': ['config', 'errors.ts', 'files', 'options'],
  'config/values': ['errors.ts'],
  data: ['errors.ts', 'random'],
  'error-codes.ts': [],
  'errors.ts': ['error-codes.ts'],
  'evaluate.ts': [
    'classifier',
    'config',
    'data',
    'errors.ts',
    'events.ts',
    'lm',
    'lm/hub',
    'lm/model',
    'lm/onnx/run',
    'queue',
    'rewards',
    'rewards/style',
    'run/loop',
    'run/policies',
    'run/store',
    'task',
  ],
  'events.ts': ['classifier', 'trainers/contract'],
  export: [
    'classifier',
    'config',
    'errors.ts',
    'evaluate.ts',
    'events.ts',
    'export/formats',
    'export/text',
    'rewards/classification',
    'run/policies',
    'run/select',
    'run/store',
    'task',
    'template',
  ],
  'export/formats': ['export', 'export/text', 'task'],
  'export/text': ['export', 'template'],
  files: ['errors.ts'],
  goals: ['events.ts', 'export', 'export/formats', 'prompt-library', 'run/loop', 'run/policies', 'run/select', 'task'],
  'index.ts': [
    'config',
    'errors.ts',
    'evaluate.ts',
    'events.ts',
    'losses',
    'optimize.ts',
    'policy',
    'rewards/classification',
    'rewards/shaping',
    'task',
    'task/define',
  ],
  lm: ['errors.ts', 'lm/endpoint', 'lm/hub', 'lm/model', 'lm/onnx/families', 'lm/onnx/graph', 'lm/onnx/run'],
  'lm/endpoint': ['errors.ts', 'files', 'lm/hub', 'lm/model', 'lm/onnx/run', 'template'],
  'lm/hub': ['errors.ts', 'files', 'lm/model'],
  'lm/model': [
    'errors.ts',
    'files',
    'lm/tokenizer',
    'lm/tokenizer/models',
    'lm/tokenizer/shared',
    'package-root.ts',
    'template',
  ],
  'lm/onnx/families': ['errors.ts', 'lm/model', 'lm/onnx/graph', 'lm/onnx/head', 'lm/onnx/run', 'random', 'template'],
  'lm/onnx/graph': ['errors.ts'],
  'lm/onnx/head': ['errors.ts', 'files', 'lm/model', 'lm/onnx/graph', 'lm/onnx/tune'],
  'lm/onnx/run': ['errors.ts', 'lm/model', 'lm/onnx/graph'],
  'lm/onnx/tune': ['lm/onnx/graph'],
  'lm/tokenizer': ['lm/tokenizer/models', 'lm/tokenizer/shared'],
  'lm/tokenizer/models': ['lm/tokenizer/shared'],
  'lm/tokenizer/shared': [],
  losses: ['errors.ts'],
  metrics: ['lm/model', 'statistics'],
  'optimize.ts': [
    'config',
    'errors.ts',
    'events.ts',
    'export',
    'files',
    'goals',
    'prompt-library',
    'rewards/racing',
    'run/loop',
    'run/select',
    'run/store',
    'run/watch',
  ],
  options: [],
  'package-root.ts': [],
  policy: ['errors.ts', 'lm/model', 'lm/onnx/graph', 'lm/onnx/run', 'losses', 'random'],
  'predict.ts': ['classifier', 'config', 'lm', 'lm/hub', 'rewards', 'run/loop', 'task', 'template'],
  preferences: ['errors.ts', 'files', 'lm', 'lm/model', 'random'],
  'prompt-library': ['errors.ts', 'events.ts', 'files', 'run/store', 'task'],
  queue: ['errors.ts', 'lm', 'lm/model', 'lm/onnx/run', 'package-root.ts', 'template'],
  random: ['errors.ts'],
  report: ['errors.ts', 'events.ts', 'export', 'files', 'run/store', 'transfer.ts'],
  'report/charts': ['events.ts', 'report', 'report/page'],
  'report/page': ['report', 'report/charts', 'report/sections', 'transfer.ts', 'ui'],
  'report/sections': ['events.ts', 'report', 'report/charts', 'report/page', 'transfer.ts', 'ui'],
  rewards: [
    'files',
    'lm',
    'lm/model',
    'rewards/cache',
    'rewards/classification',
    'rewards/custom',
    'rewards/style',
    'statistics',
    'task',
    'template',
  ],
  'rewards/cache': ['errors.ts', 'files', 'lm/model', 'task/define'],
  'rewards/classification': ['classifier', 'errors.ts', 'lm/model', 'rewards/cache', 'statistics', 'task', 'template'],
  'rewards/custom': ['errors.ts', 'lm', 'lm/model', 'rewards/cache', 'statistics', 'task', 'task/define', 'template'],
  'rewards/judge': [
    'errors.ts',
    'lm',
    'lm/endpoint',
    'lm/model',
    'rewards/objectives',
    'statistics',
    'task',
    'template',
  ],
  'rewards/objectives': ['errors.ts', 'lm', 'lm/model', 'preferences', 'rewards/judge', 'task'],
  'rewards/racing': ['random', 'task'],
  'rewards/shaping': ['errors.ts', 'task', 'trainers/contract'],
  'rewards/style': [
    'classifier',
    'errors.ts',
    'lm',
    'lm/model',
    'metrics',
    'rewards/cache',
    'rewards/objectives',
    'statistics',
    'task',
    'task/define',
    'template',
  ],
  'run/checkpoint': ['errors.ts', 'files'],
  'run/loop': [
    'classifier',
    'config',
    'config/values',
    'data',
    'errors.ts',
    'events.ts',
    'files',
    'lm',
    'lm/endpoint',
    'lm/hub',
    'lm/model',
    'lm/onnx/run',
    'queue',
    'random',
    'rewards',
    'rewards/cache',
    'rewards/objectives',
    'rewards/racing',
    'rewards/shaping',
    'rewards/style',
    'run/checkpoint',
    'run/policies',
    'run/select',
    'run/store',
    'run/watch',
    'statistics',
    'task',
    'task/load',
    'template',
    'trainers',
    'trainers/contract',
    'trainers/policy',
  ],
  'run/policies': [
    'errors.ts',
    'events.ts',
    'files',
    'lm/model',
    'random',
    'rewards',
    'run/checkpoint',
    'run/select',
    'task',
    'trainers/contract',
    'trainers/policy',
  ],
  'run/select': [
    'classifier',
    'config',
    'errors.ts',
    'events.ts',
    'lm/model',
    'random',
    'rewards/classification',
    'statistics',
    'task',
    'trainers/contract',
  ],
  'run/store': ['errors.ts', 'events.ts', 'files', 'package-root.ts', 'run/checkpoint'],
  'run/watch': ['config', 'errors.ts', 'events.ts', 'rewards/shaping', 'run/select', 'trainers/contract'],
  statistics: [],
  task: ['classifier', 'errors.ts', 'lm/model', 'task/define', 'task/load', 'template'],
  'task-host': ['errors.ts', 'random', 'rewards/classification', 'rewards/shaping', 'task', 'task/define', 'task/load'],
  'task/define': ['classifier', 'data', 'errors.ts', 'task', 'task/load', 'template'],
  'task/load': ['data', 'errors.ts', 'package-root.ts', 'random', 'task', 'task/define'],
  template: ['errors.ts'],
  trainers: [
    'errors.ts',
    'options',
    'trainers/algorithms/best-of-n',
    'trainers/algorithms/edit-search',
    'trainers/algorithms/evolution',
    'trainers/algorithms/hill-climb',
    'trainers/algorithms/log-variance',
    'trainers/algorithms/mcts',
    'trainers/algorithms/ppo',
    'trainers/algorithms/random',
    'trainers/algorithms/reinforce',
    'trainers/algorithms/soft-q-learning',
    'trainers/algorithms/sparse-q-learning',
    'trainers/contract',
  ],
  'trainers/algorithms/best-of-n': ['trainers/contract', 'trainers/policy', 'trainers/search'],
  'trainers/algorithms/edit-search': [
    'policy',
    'statistics',
    'trainers/contract',
    'trainers/policy',
    'trainers/search',
  ],
  'trainers/algorithms/evolution': ['options', 'trainers/contract', 'trainers/search'],
  'trainers/algorithms/hill-climb': ['trainers/contract', 'trainers/search'],
  'trainers/algorithms/log-variance': [
    'losses',
    'statistics',
    'trainers/contract',
    'trainers/policy',
    'trainers/replay',
  ],
  'trainers/algorithms/mcts': ['policy', 'random', 'trainers/contract', 'trainers/policy', 'trainers/search'],
  'trainers/algorithms/ppo': [
    'errors.ts',
    'losses',
    'options',
    'policy',
    'random',
    'statistics',
    'trainers/contract',
    'trainers/policy',
  ],
  'trainers/algorithms/random': ['trainers/contract', 'trainers/search'],
  'trainers/algorithms/reinforce': ['losses', 'options', 'trainers/contract', 'trainers/policy'],
  'trainers/algorithms/soft-q-learning': ['losses', 'options', 'policy', 'trainers/contract', 'trainers/policy'],
  'trainers/algorithms/sparse-q-learning': [
    'losses',
    'statistics',
    'trainers/contract',
    'trainers/policy',
    'trainers/replay',
  ],
  'trainers/contract': ['lm/model', 'options', 'policy'],
  'trainers/policy': ['errors.ts', 'lm/model', 'policy', 'random', 'trainers/contract'],
  'trainers/replay': ['random', 'rewards/shaping', 'trainers/contract', 'trainers/policy'],
  'trainers/search': ['policy', 'random', 'statistics', 'trainers/contract'],
  'transfer.ts': ['config', 'data', 'evaluate.ts', 'run/loop', 'task'],
  ui: ['classifier', 'events.ts', 'run/select', 'ui/draw'],
  'ui/draw': ['events.ts', 'run/select', 'ui'],
  'ui/ink': ['events.ts', 'ui', 'ui/draw'],
  'ui/reporters': ['errors.ts', 'events.ts', 'ui', 'ui/draw', 'ui/ink'],
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** The files of this repository that a file imports, types and dynamic imports included. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].flatMap(([, path = '']) => {
    const stem = resolve(dirname(file), path).replace(/\.js$/, '');
    return [`${stem}.ts`, `${stem}.tsx`].filter((candidate) => existsSync(candidate));
  });
}

function roomOf(file: string): string {
  const path = relative(source, file);
  return path.includes('/') ? dirname(path) : path;
}

const files = sourceFiles(source);
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const rooms = new Map<string, Set<string>>();
for (const [file, imported] of imports) {
  const outside = rooms.get(roomOf(file)) ?? new Set();
  for (const other of imported) if (roomOf(other) !== roomOf(file)) outside.add(roomOf(other));
  rooms.set(roomOf(file), outside);
}

describe('the arrows between the rooms', () => {
  it.each([...rooms.keys()].sort())('%s imports what its line says, and nothing else', (room) => {
    expect([...(rooms.get(room) ?? [])].sort()).toEqual([...(MAY_IMPORT[room] ?? [])].sort());
  });

  it('has a line for no room that is not there', () => {
    expect(Object.keys(MAY_IMPORT).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it('has no two files that import each other, directly or through others', () => {
    const circles: string[][] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].map((f) => relative(source, f)));
      if (done.has(file) || path.includes(file)) return;
      for (const other of imports.get(file) ?? []) visit(other, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('tasks import the public API only', () => {
    const wrong = sourceFiles(join(root, 'tasks')).flatMap((file) =>
      importsOf(file)
        .map((path) => relative(root, path))
        .filter((path) => !path.startsWith('tasks/') && path !== 'src/index.ts')
        .map((path) => `${relative(root, file)} -> ${path}`),
    );
    expect(wrong).toEqual([]);
  });
});
