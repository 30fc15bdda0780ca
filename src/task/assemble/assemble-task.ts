import { taskDigest } from '../task-digest.js';
import type { Example, Task, TaskDefinition, TaskKind, TaskLabel } from '../types.js';
import { checkSplits } from './check-splits.js';
import type { LoadTaskOptions } from './load-task-options.js';
import type { SourceRow, SourceSplits } from './source-row.js';
import { taskLabels } from './task-labels.js';
import { drawTestRows } from './test-rows.js';

/** What a task is made of once its definition and its data are read. */
export interface TaskParts {
  readonly definition: Omit<TaskDefinition, 'examples' | 'reward'>;
  readonly splits: SourceSplits;
  readonly source: string;
  readonly file: string | undefined;
  readonly warnings: readonly string[];
  readonly testOnly: boolean;
}

/** Checks definition and data against each other, and gives the whole task. */
export function assembleTask(parts: TaskParts, options: LoadTaskOptions): Task {
  const { definition, splits, source, file, testOnly } = parts;
  const labels = options.ofRun?.labels ?? taskLabels(splits, options.verbalizer ?? definition.verbalizer);
  const warnings = checkSplits(splits, { kind: definition.kind, labels, source: file ?? source, testOnly });
  const { seed, testSize = 'all' } = options;
  const test = drawTestRows(splits.test, { seed, testSize }, (warning) => warnings.push(warning));
  const { template } = definition;
  const task: Omit<Task, 'digest'> = {
    name: definition.name,
    kind: definition.kind,
    description: definition.description ?? '',
    source,
    file,
    groupBy: definition.groupBy ?? (definition.kind === 'style-transfer' ? 'example' : 'batch'),
    labels,
    splits: {
      train: examplesOf(splits.train, labels),
      dev: examplesOf(splits.dev, labels),
      test: examplesOf(test, labels),
    },
    template: options.ofRun?.template ?? options.template ?? (typeof template === 'string' ? template : undefined),
    templates: typeof template === 'object' ? template : kindTemplates(definition.kind),
    manualPrompts: [...new Set([...(definition.manualPrompts ?? []), ...(options.manualPrompts ?? [])])],
    normalise: definition.normalise ?? 'none',
    stochastic: definition.stochastic ?? false,
    warnings: [...parts.warnings, ...warnings],
    rewardRange: definition.rewardRange,
    env: definition.env,
  };
  return { ...task, digest: taskDigest(task) };
}

/** An input to be rewritten stands in quotation marks, and so does what is written for it. */
function kindTemplates(kind: TaskKind): { causal?: string } {
  return kind === 'style-transfer' ? { causal: '{prompt} "{input}" "' } : {};
}

function examplesOf(rows: readonly SourceRow[], labels: readonly TaskLabel[]): Example[] {
  const indices = new Map(labels.map((label, index) => [label.name, index]));
  return rows.map(({ text, label, fields }, index) => {
    const labelIndex = label === undefined ? undefined : indices.get(label);
    return labelIndex === undefined ? { index, text, fields } : { index, text, label: labelIndex, fields };
  });
}
