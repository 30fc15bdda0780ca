import { RlpromptError } from '../../errors.js';
import type { Split, TaskKind, TaskLabel } from '../types.js';
import type { SourceSplits } from './source-row.js';
import { refuseUnknownLabels } from './task-labels.js';

const SPLITS: readonly Split[] = ['train', 'dev', 'test'];

export interface SplitChecks {
  readonly kind: TaskKind;
  readonly labels: readonly TaskLabel[];
  /** Named in messages. */
  readonly source: string;
  /** True where all rows are scored and none are learned from. */
  readonly testOnly: boolean;
}

/** Refuses examples that a search cannot work with, and answers with warnings about those that it should not. */
export function checkSplits(splits: SourceSplits, checks: SplitChecks): string[] {
  for (const split of checks.testOnly ? (['test'] as const) : SPLITS) {
    if (splits[split].length === 0) throw noExamples(split, checks.source);
  }
  const warnings = overlapWarnings(splits);
  if (checks.kind === 'custom') return warnings;
  refuseUnknownLabels(splits, checks.labels);
  if (checks.kind === 'style-transfer') {
    if (checks.labels.length < 2) throw oneStyle(checks);
    return warnings;
  }
  return [...warnings, ...absentLabels(splits, checks)];
}

function noExamples(split: Split, source: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_EMPTY',
    exit: 'data',
    message: `there are no ${split} examples`,
    where: source,
    next: `add ${split} examples`,
  });
}

function oneStyle({ labels, source }: SplitChecks): RlpromptError {
  return new RlpromptError({
    code: 'E_TASK_ONE_STYLE',
    exit: 'data',
    message: `the only style is "${labels[0]?.name ?? ''}"; a style is told from others, so two are needed`,
    where: source,
    next: 'name both in the verbalizer; the label of an example is the style that is wanted',
  });
}

function absentLabels(splits: SourceSplits, checks: SplitChecks): string[] {
  const learned: Split = checks.testOnly ? 'test' : 'train';
  const present = new Set(splits[learned].map((row) => row.label));
  if (checks.labels.length < 2 || (present.size < 2 && !checks.testOnly)) {
    throw new RlpromptError({
      code: 'E_TASK_ONE_CLASS',
      exit: 'data',
      message: `every ${learned} example has the label "${[...present].join('')}"; classification needs two labels`,
      where: checks.source,
      next: 'check the label column (--label-column)',
    });
  }
  const absent = checks.labels.filter((label) => !present.has(label.name)).map((label) => `"${label.name}"`);
  return absent.length === 0 ? [] : [`no ${learned} example has the label ${absent.join(', ')}`];
}

const TOO_GOOD = 'score is too good';

/** Whether a warning of a task is that two of its splits share texts. */
export function tellsOverlap(warning: string): boolean {
  return warning.endsWith(TOO_GOOD);
}

function overlapWarnings(splits: SourceSplits): string[] {
  const pairs = [
    ['train', 'dev'],
    ['train', 'test'],
    ['dev', 'test'],
  ] as const;
  return pairs.flatMap(([one, other]) => {
    const seen = new Set(splits[one].map((row) => row.text));
    const shared = splits[other].filter((row) => seen.size > 0 && seen.has(row.text));
    const count = new Set(shared.map((row) => row.text)).size;
    return count === 0
      ? []
      : [`${count} ${count === 1 ? 'text is' : 'texts are'} in ${one} and in ${other}: the ${other} ${TOO_GOOD}`];
  });
}
