import { splitWords } from '../../classifier/given-words.js';
import { nearestWord, RlpromptError } from '../../errors.js';
import { countOf } from '../../group-digits.js';
import { quotedList } from '../../quoted-list.js';
import type { TaskLabel } from '../types.js';
import { valuesOf } from './label-values.js';
import type { SourceRow, SourceSplits } from './source-row.js';

/** The labels of a task: those of its verbalizer, else those of the data, whose names are then their words. */
export function taskLabels(
  splits: SourceSplits,
  verbalizer: Readonly<Record<string, string>> | undefined,
): TaskLabel[] {
  if (verbalizer !== undefined) {
    return Object.entries(verbalizer).map(([name, value]) => {
      const words = splitWords(value);
      const [word = value] = words;
      // A label of one word is written as it always was: the task's digest stays the same.
      return words.length > 1 ? { name, word, words } : { name, word };
    });
  }
  const names = new Set(allRows(splits).flatMap((row) => (row.label === undefined ? [] : [row.label])));
  // Numbers in their own order, as a verbalizer with number keys has them too.
  const order = (a: string, b: string) => Number(a) - Number(b) || (a < b ? -1 : 1);
  return [...names].sort(order).map((name) => ({ name, word: name }));
}

/** Refuses rows without a label or with one that is not the task's, counted by label. */
export function refuseUnknownLabels(splits: SourceSplits, labels: readonly TaskLabel[]): void {
  const names = new Set(labels.map((label) => label.name));
  const unlabelled = allRows(splits).find((row) => row.label === undefined);
  if (unlabelled !== undefined) {
    throw new RlpromptError({
      code: 'E_TASK_LABEL',
      exit: 'data',
      message: 'the example has no label, which its kind of task needs',
      where: unlabelled.where,
      next: 'give each example a label',
    });
  }
  const strangers = allRows(splits).flatMap(({ label, where }) => {
    return label === undefined || names.has(label) ? [] : [{ label, where }];
  });
  const [first] = strangers;
  if (first) throw unknownLabels(first, strangers, [...names]);
}

type Stranger = Pick<SourceRow, 'where'> & { readonly label: string };

function unknownLabels(first: Stranger, strangers: readonly Stranger[], names: readonly string[]): RlpromptError {
  const counts = new Map<string, number>();
  for (const { label } of strangers) counts.set(label, (counts.get(label) ?? 0) + 1);
  const counted = [...counts].sort((a, b) => b[1] - a[1]).map(([label, count]) => `"${label}" ${count}`);
  const near = nearestWord(first.label, names);
  return new RlpromptError({
    code: 'E_TASK_LABEL',
    exit: 'data',
    message:
      `${countOf(strangers.length, 'example')} ${strangers.length === 1 ? 'has' : 'have'} a label outside ${quotedList(names)}: ` +
      `${counted.slice(0, 10).join(', ')}${counted.length > 10 ? `, and ${countOf(counted.length - 10, 'more label')}` : ''}`,
    where: first.where,
    next:
      near === undefined
        ? `--labels "${names.flatMap(valuesOf).join(',')}" leaves these rows out; or name every label in the verbalizer`
        : `did you mean "${near}"?`,
  });
}

function allRows(splits: SourceSplits): SourceRow[] {
  return [...splits.train, ...splits.dev, ...splits.test];
}
