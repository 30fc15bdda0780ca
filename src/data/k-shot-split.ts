import { RlpromptError } from '../errors.js';
import { Rng } from '../random/rng.js';

export interface LabelledText {
  readonly text: string;
  readonly label?: string | undefined;
}

export interface KShotOptions {
  readonly seed: number;
  /** Rows a label for train, and as many for dev. */
  readonly shots: number;
  /** Named in messages. */
  readonly source: string;
}

export interface KShotSplit<Row> {
  readonly splits: { readonly train: Row[]; readonly dev: Row[]; readonly test: Row[] };
  readonly warnings: readonly string[];
}

/**
 * Splits rows into train and dev of `shots` rows a label each, and the rest as test. The same seed gives the same
 * split; no text stands in two splits, because repeated texts are left out first.
 */
export function kShotSplit<Row extends LabelledText>(rows: readonly Row[], options: KShotOptions): KShotSplit<Row> {
  const { seed, shots } = options;
  const { kept, warnings } = dropRepeatedTexts(rows, options.source);
  const groups = groupByLabel(kept);
  refuseTooFew(groups, options);
  const rng = Rng.create(seed, 'examples');
  const shuffled = [...groups.values()].map((group) => rng.shuffled(group));
  const taken = new Set(shuffled.flatMap((group) => group.slice(0, 2 * shots)));
  return {
    splits: {
      train: interleave(shuffled.map((group) => group.slice(0, shots))),
      dev: interleave(shuffled.map((group) => group.slice(shots, 2 * shots))),
      test: kept.filter((row) => !taken.has(row)),
    },
    warnings,
  };
}

/** Rows by label, the labels in alphabetical order so that which label comes first in the file does not matter. */
function groupByLabel<Row extends LabelledText>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.label ?? '');
    if (group === undefined) groups.set(row.label ?? '', [row]);
    else group.push(row);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function dropRepeatedTexts<Row extends LabelledText>(rows: readonly Row[], source: string) {
  const firstLabels = new Map<string, string | undefined>();
  let contradictions = 0;
  const kept = rows.filter((row) => {
    if (!firstLabels.has(row.text)) return firstLabels.set(row.text, row.label) !== undefined;
    if (firstLabels.get(row.text) !== row.label) contradictions++;
    return false;
  });
  const warnings: string[] = [];
  if (kept.length < rows.length) {
    warnings.push(`${rows.length - kept.length} rows of ${source} left out: their text stands in an earlier row`);
  }
  if (contradictions > 0) warnings.push(`${contradictions} of them have another label there; the first one is used`);
  return { kept, warnings };
}

/** Takes one row of each group in turn, so that any stretch of the result holds the labels about evenly. */
function interleave<Row>(groups: readonly Row[][]): Row[] {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  return Array.from({ length: longest }, (_, turn) => groups.flatMap((group) => group.slice(turn, turn + 1))).flat();
}

function refuseTooFew(groups: ReadonlyMap<string, readonly LabelledText[]>, { shots, source }: KShotOptions): void {
  const needed = 2 * shots + 1;
  const short = [...groups].filter(([, group]) => group.length < needed);
  if (short.length === 0) return;
  const smallest = Math.min(...short.map(([, group]) => group.length));
  const possible = Math.floor((smallest - 1) / 2);
  const named = short.map(([label, group]) => `"${label}" has ${group.length}`).join(', ');
  throw new RlpromptError({
    code: 'E_DATA_TOO_FEW_ROWS',
    exit: 'data',
    message: `${shots} shots need ${needed} different rows a label (train, dev and one for test); ${named}`,
    where: source,
    next: possible > 0 ? `add rows, or take --shots ${possible}` : 'add rows',
  });
}
