import type { Rng } from '../random/rng.js';
import type { Demonstration } from './classifier.js';

/** A set of demonstrations, and another without a row in common. */
export interface DemonstrationSet {
  readonly demonstrations: readonly Demonstration[];
  readonly standIns: readonly Demonstration[];
}

export interface LabelledRow {
  readonly text: string;
  /** Index of its label. */
  readonly label: number;
}

/** Rows of each label that drawing two sets of `count` takes. */
export function rowsPerLabel(count: number, labelCount: number): number {
  return 2 * Math.ceil(count / labelCount);
}

/**
 * Draws ordered sets in which every label stands as often as any other, or once less.
 * @param words the word that stands for each label, [labels]
 */
export function drawDemonstrations(
  rows: readonly LabelledRow[],
  labels: readonly { readonly name: string; readonly word: string }[],
  { count, sets, rng }: { readonly count: number; readonly sets: number; readonly rng: Rng },
): DemonstrationSet[] {
  const byLabel = labels.map((_, label) => rows.filter((row) => row.label === label));
  return Array.from({ length: sets }, () => {
    const order = rng.shuffled([...labels.keys()]);
    const pools = byLabel.map((own) => rng.shuffled(own));
    const draw = (): Demonstration[] => {
      const taken = Array.from({ length: count }, (_, i) => {
        const label = order[i % order.length]!;
        const row = pools[label]!.pop()!;
        return { text: row.text, label: labels[label]!.name, word: labels[label]!.word };
      });
      return rng.shuffled(taken);
    };
    return { demonstrations: draw(), standIns: draw() };
  });
}
