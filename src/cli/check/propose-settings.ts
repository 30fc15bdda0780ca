import type { RunConfig } from '../../config/run-config.js';
import { equalShots } from '../../data/k-shot-split.js';
import { twoEndsOf } from '../../task/assemble/scale.js';

/** Labels and how many rows have each. */
type LabelCounts = readonly (readonly [label: string, count: number])[];

export interface DataFacts {
  readonly text: string;
  readonly label: string;
  /** Of the rows that have a text and a label, before labels are chosen. */
  readonly counts: LabelCounts;
  /** The same of the rows that train is drawn from, each text once. */
  readonly trainCounts: LabelCounts;
  /** Rows without a text or a label. */
  readonly missing: number;
  readonly hasDev: boolean;
  readonly hasTest: boolean;
}

/** Settings under which data can be run as it is, beside those that were typed. */
export type ProposedSettings = Partial<
  Pick<RunConfig, 'textColumn' | 'labelColumn' | 'onMissing' | 'labels' | 'verbalizer' | 'shots' | 'truncate'>
>;

/** Proposes what the data needs and the user has not said. */
export function proposeSettings(
  facts: DataFacts,
  given: ReadonlySet<string>,
  { shots, labels, verbalizer }: Pick<RunConfig, 'shots' | 'labels' | 'verbalizer'>,
): ProposedSettings {
  const proposed: { -readonly [key in keyof ProposedSettings]: ProposedSettings[key] } = {};
  if (facts.text !== 'text') proposed.textColumn = facts.text;
  if (facts.label !== 'label') proposed.labelColumn = facts.label;
  if (facts.missing > 0) proposed.onMissing = 'skip';
  const choosesLabels = !given.has('labels') && !given.has('verbalizer');
  const ends = twoEndsOf(facts.counts.map(([label]) => label));
  if (choosesLabels) Object.assign(proposed, ends ?? joinedLabels(facts.counts));
  const chosen = choosesLabels ? proposed : { labels, verbalizer };
  const possible = possibleShots(joinedCounts(facts.trainCounts, chosen), facts);
  if (!given.has('shots') && possible >= 1 && possible < shots) proposed.shots = possible;
  return proposed;
}

/** A verbalizer that joins labels which differ in case or blanks only; nothing where none do. */
function joinedLabels(counts: LabelCounts): Pick<ProposedSettings, 'verbalizer'> {
  const groups = new Map<string, string[]>();
  for (const [label] of counts) {
    const plain = label.toLowerCase().replaceAll(/\s+/g, '');
    groups.set(plain, [...(groups.get(plain) ?? []), label]);
  }
  const values = [...groups.values()];
  const isPlain = values.flat().every((label) => !/[|,=]/.test(label));
  if (values.length < 2 || !isPlain || values.every((group) => group.length === 1)) return {};
  return { verbalizer: Object.fromEntries(values.map((group) => [group.join('|'), group[0]?.toLowerCase() ?? ''])) };
}

function joinedCounts(
  counts: LabelCounts,
  { labels, verbalizer }: Partial<Pick<RunConfig, 'labels' | 'verbalizer'>>,
): number[] {
  const kept = counts.filter(([label]) => labels?.includes(label) ?? true);
  if (verbalizer === undefined) return kept.map(([, count]) => count);
  return Object.keys(verbalizer).map((key) =>
    kept.reduce((sum, [label, count]) => sum + (key.split('|').includes(label) ? count : 0), 0),
  );
}

function possibleShots(counts: readonly number[], { hasDev, hasTest }: DataFacts): number {
  if (hasDev && hasTest) return Number.POSITIVE_INFINITY;
  return equalShots(Math.min(...counts), { dev: hasDev, test: hasTest });
}
