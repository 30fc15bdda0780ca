import { RlpromptError } from '../errors.js';
import { countOf, groupDigits } from '../group-digits.js';
import { Rng } from '../random/rng.js';
import { groupBy } from '../statistics/groups.js';

export interface LabelledText {
  readonly text: string;
  readonly label?: string | undefined;
}

export interface KShotOptions {
  readonly seed: number;
  /** Rows per label for train, and as many for dev. */
  readonly shots: number;
  /** Named in messages. */
  readonly source: string;
}

/** Rows by the split that the data puts them into; what it leaves out is drawn from train. */
export interface GivenSplits<Row> {
  readonly train: readonly Row[];
  readonly dev?: readonly Row[] | undefined;
  readonly test?: readonly Row[] | undefined;
}

export interface KShotSplit<Row> {
  readonly splits: { readonly train: Row[]; readonly dev: Row[]; readonly test: Row[] };
  readonly warnings: readonly string[];
}

/**
 * Draws train and dev of `shots` rows per label each. Rows without a split of their own are the source of both, and
 * what is left of them is test; a dev split of the data's own has at most `shots` rows per label drawn from it, and a
 * test split of its own stays whole. The same seed gives the same split. No text is in two of the splits that are
 * drawn from the same rows, because repeated texts are left out first.
 */
export function kShotSplit<Row extends LabelledText>(given: GivenSplits<Row>, options: KShotOptions): KShotSplit<Row> {
  const { seed, shots } = options;
  const warnings: string[] = [];
  const kept = dropRepeatedTexts(given.train, options.source, warnings);
  const groups = groupByLabel(kept);
  refuseTooFew(groups, given, options, kept.length < given.train.length);
  const rng = Rng.create(seed, 'examples');
  const shuffled = [...groups.values()].map((group) => rng.shuffled(group));
  const dev = given.dev && drawDev(given.dev, options, warnings);
  const taken = new Set(shuffled.flatMap((group) => group.slice(0, dev ? shots : 2 * shots)));
  const train = interleave(shuffled.map((group) => group.slice(0, shots)));
  const unused = kept.length - train.length;
  if (dev && given.test && unused > 0) warnings.push(drawn('train', train.length, kept.length, shots));
  return {
    splits: {
      train,
      dev: dev ?? interleave(shuffled.map((group) => group.slice(shots, 2 * shots))),
      test: given.test ? [...given.test] : kept.filter((row) => !taken.has(row)),
    },
    warnings,
  };
}

function drawDev<Row extends LabelledText>(rows: readonly Row[], options: KShotOptions, warnings: string[]): Row[] {
  const kept = dropRepeatedTexts(rows, `the dev split of ${options.source}`, warnings);
  const rng = Rng.create(options.seed, 'devExamples');
  const groups = [...groupByLabel(kept).values()].map((group) => rng.shuffled(group).slice(0, options.shots));
  const dev = interleave(groups);
  if (dev.length < kept.length) warnings.push(drawn('dev', dev.length, kept.length, options.shots));
  return dev;
}

function drawn(split: string, count: number, of: number, shots: number): string {
  return `${split}: ${groupDigits(count)} of ${groupDigits(of)} rows, up to ${shots} per label, sampled with the seed (--shots)`;
}

/** Rows by label, the labels in alphabetical order so that which label comes first in the file does not matter. */
function groupByLabel<Row extends LabelledText>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = groupBy(rows, ({ label = '' }) => label);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function dropRepeatedTexts<Row extends LabelledText>(rows: readonly Row[], source: string, warnings: string[]): Row[] {
  const firstLabels = new Map<string, string | undefined>();
  let contradictions = 0;
  const kept = rows.filter((row) => {
    if (!firstLabels.has(row.text)) return firstLabels.set(row.text, row.label) !== undefined;
    if (firstLabels.get(row.text) !== row.label) contradictions++;
    return false;
  });
  const dropped = rows.length - kept.length;
  if (contradictions > 0 && contradictions === dropped && new Set(kept.map((row) => row.label)).size < 2) {
    throw contradictory(contradictions, rows.length, source);
  }
  if (dropped > 0) {
    warnings.push(`${countOf(dropped, 'row')} of ${source} left out: an earlier row has the same text`);
  }
  if (contradictions > 0) {
    const have = contradictions === 1 ? 'has' : 'have';
    warnings.push(`${groupDigits(contradictions)} of them ${have} a different label; the first one is used`);
  }
  return kept;
}

function contradictory(count: number, of: number, source: string): RlpromptError {
  return new RlpromptError({
    code: 'E_DATA_CONTRADICTION',
    exit: 'data',
    message: `${groupDigits(count)} of ${groupDigits(of)} rows have the text of an earlier row with a different label; without them one label is left`,
    where: source,
    next: 'check the text column (--text-column): every text needs one label',
  });
}

/** Takes one row of each group in turn, so that any stretch of the result holds the labels about evenly. */
function interleave<Row>(groups: readonly Row[][]): Row[] {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  return Array.from({ length: longest }, (_, turn) => groups.flatMap((group) => group.slice(turn, turn + 1))).flat();
}

/**
 * Rows per label that each split gets which is drawn, where they get equal parts: a test split of a few rows says nothing.
 *
 * @param smallest rows of the rarest label
 */
export function equalShots(smallest: number, given: { readonly dev: boolean; readonly test: boolean }): number {
  return Math.floor(smallest / (1 + Number(!given.dev) + Number(!given.test)));
}

function refuseTooFew(
  groups: ReadonlyMap<string, readonly LabelledText[]>,
  { dev, test }: GivenSplits<unknown>,
  { shots, source }: KShotOptions,
  hasRepeats: boolean,
): void {
  // A train split among two others is taken as it is.
  if (dev && test) return;
  const perShot = dev ? 1 : 2;
  const left = test ? 0 : 1;
  const needed = perShot * shots + left;
  const short = [...groups].filter(([, group]) => group.length < needed);
  if (short.length === 0) return;
  const smallest = Math.min(...short.map(([, group]) => group.length));
  const possible = equalShots(smallest, { dev: dev !== undefined, test: test !== undefined });
  const named = short.map(([label, group]) => `"${label}" has ${groupDigits(group.length)}`).join(', ');
  const parts = ['train', ...(dev ? [] : ['dev']), ...(test ? [] : ['one for test'])]
    .join(', ')
    .replace(/, (?!.*,)/, ' and ');
  throw new RlpromptError({
    code: 'E_DATA_TOO_FEW_ROWS',
    exit: 'data',
    message: `${shots} shots need ${needed} different rows per label (${parts}); ${named}${hasRepeats ? ', repeated texts left out' : ''}`,
    where: source,
    next: possible > 0 ? `add rows, or take --shots ${possible}` : 'add rows, or keep other labels with --labels',
  });
}
