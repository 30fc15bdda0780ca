import { RlpromptError } from '../../errors.js';
import { groupDigits } from '../../group-digits.js';
import { quotedList } from '../../quoted-list.js';
import type { LoadTaskOptions } from './load-task-options.js';
import type { SourceRow } from './source-row.js';

/** Between the values of a data file that share one label: `1|2=bad,4|5=good`. */
const SEPARATOR = '|';

/** More different values than this are no classes where they are numbers. */
const MOST_NUMBERS = 20;
/** More different texts than this are no classes where each is met fewer than three times. */
const MOST_TEXTS = 50;

/** The values of a data file that a label of the verbalizer stands for. */
export function valuesOf(label: string): string[] {
  return label.split(SEPARATOR).map((value) => value.trim());
}

/** The labels that the data is said to have; undefined where it says so itself. */
export function namedLabels({
  ofRun,
  verbalizer,
}: Pick<LoadTaskOptions, 'ofRun' | 'verbalizer'>): readonly string[] | undefined {
  return ofRun?.labels?.map(({ name }) => name) ?? (verbalizer && Object.keys(verbalizer));
}

/** Rows under the label that joins their value to others. A value that is a label by itself stays what it is. */
export function joinLabels(rows: readonly SourceRow[], labels: readonly string[] = []): readonly SourceRow[] {
  const joined = new Map<string, string>();
  for (const label of labels) {
    if (label.includes(SEPARATOR)) for (const value of valuesOf(label)) joined.set(value, label);
  }
  for (const label of labels) joined.delete(label);
  if (joined.size === 0) return rows;
  return rows.map((row) => ({ ...row, label: joined.get(row.label ?? '') ?? row.label }));
}

/**
 * Rows whose value is among those to keep.
 *
 * @throws RlpromptError `E_DATA_LABELS` for a value that no row has
 */
export function keepLabels(
  rows: readonly SourceRow[],
  labels: readonly string[] | undefined,
  { source, onSkip }: { readonly source: string; readonly onSkip: (warning: string) => void },
): readonly SourceRow[] {
  if (labels === undefined) return rows;
  const kept = rows.filter((row) => labels.includes(row.label ?? ''));
  const left = countLabels(rows.filter((row) => !labels.includes(row.label ?? '')));
  const absent = labels.filter((label) => !kept.some((row) => row.label === label));
  if (absent.length > 0) throw absentLabels(absent, countLabels(rows), source);
  if (kept.length < rows.length) {
    onSkip(
      `${groupDigits(rows.length - kept.length)} of ${groupDigits(rows.length)} rows of ${source} left out because of their label: ${listCounts(left)}`,
    );
  }
  return kept;
}

/** Names labels that differ in case or blanks only, which are most often one label written in several ways. */
export function lookalikeLabels(rows: readonly SourceRow[]): string[] {
  const groups = new Map<string, [string, number][]>();
  for (const [label, count] of countLabels(rows)) {
    const plain = label.toLowerCase().replaceAll(/\s+/g, '');
    groups.set(plain, [...(groups.get(plain) ?? []), [label, count]]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.map(([label]) => label);
    if (first === undefined || others.length === 0) return [];
    const joined = `${[first, ...others].join(SEPARATOR)}=${first.toLowerCase()}`;
    const said = `the labels ${listCounts(group)} differ in case or blanks only`;
    return [`${said}; --verbalizer "${joined},…" joins them`];
  });
}

/**
 * Refuses a label column that holds measurements or free text rather than classes.
 *
 * @throws RlpromptError `E_DATA_LABEL_COLUMN`
 */
export function refuseUnlabelling(rows: readonly SourceRow[], column: string, source: string): void {
  const counts = countLabels(rows);
  const isNumeric = counts.every(([label]) => label !== '' && Number.isFinite(Number(label.replace(',', '.'))));
  const looksLike = isNumeric ? 'a number' : 'free text';
  const tooMany = isNumeric
    ? counts.length > MOST_NUMBERS
    : counts.length > MOST_TEXTS && rows.length < 3 * counts.length;
  if (!tooMany) return;
  throw new RlpromptError({
    code: 'E_DATA_LABEL_COLUMN',
    exit: 'data',
    message: `the label column "${column}" looks like ${looksLike}, ${groupDigits(counts.length)} different values`,
    where: source,
    next: isNumeric
      ? 'name the column with --label-column, or add one that says which range a row is in'
      : 'name the column with --label-column',
  });
}

/** Labels and how many rows have each, the most frequent first. */
export function countLabels(rows: readonly SourceRow[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { label } of rows) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function listCounts(counts: readonly (readonly [string, number])[]): string {
  const shown = counts.slice(0, 10).map(([label, count]) => `"${label}" ${groupDigits(count)}`);
  return `${shown.join(', ')}${counts.length > 10 ? `, and ${groupDigits(counts.length - 10)} more` : ''}`;
}

function absentLabels(absent: readonly string[], counts: [string, number][], source: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_LABELS',
    exit: 'data',
    message: `no row has the label ${quotedList(absent)}; there are ${listCounts(counts)}`,
    where: `${source}, --labels`,
    next: 'name labels that the file has',
  });
}
