import { giveWay } from '../give-way.js';
import { mean } from '../statistics/mean.js';
import { distinctMolecules, type Molecule, type Molecules, tanimoto } from './molecules.js';

/** What a sample of written molecules is worth. */
export interface MoleculeMeasures {
  readonly written: number;
  /** Share of the texts that spell a molecule. */
  readonly validity: number;
  /** Share of the valid ones that differ, in canonical form. */
  readonly uniqueness: number;
  /** Share of the different ones that are not among the known molecules. */
  readonly novelty: number;
  /** 1 − mean Tanimoto similarity of pairs of different molecules; 0 where there is no pair. */
  readonly diversity: number;
  /** Mean over the valid ones, each as often as it was written. */
  readonly qed: number;
}

export interface MeasuredSample {
  readonly measures: MoleculeMeasures;
  /** The different molecules, the most drug-like first; among equals in the order of canonical forms. */
  readonly molecules: readonly Molecule[];
}

/** @param known canonical forms of the molecules that the language model was trained on */
export async function measureMolecules(
  reader: Pick<Molecules, 'read'>,
  texts: readonly string[],
  known: ReadonlySet<string>,
): Promise<MeasuredSample> {
  const valid: Molecule[] = [];
  for (const text of texts) {
    await giveWay();
    const molecule = reader.read(text);
    if (molecule) valid.push(molecule);
  }
  const different = distinctMolecules(valid);
  const novel = different.filter(({ canonical }) => !known.has(canonical));
  const measures = {
    written: texts.length,
    validity: share(valid.length, texts.length),
    uniqueness: share(different.length, valid.length),
    novelty: share(novel.length, different.length),
    diversity: await diversityOf(different),
    qed: valid.length === 0 ? 0 : mean(valid.map(({ qed }) => qed)),
  };
  const molecules = different.sort((a, b) => b.qed - a.qed || (a.canonical < b.canonical ? -1 : 1));
  return { measures, molecules };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

async function diversityOf(molecules: readonly Molecule[]): Promise<number> {
  let sum = 0;
  let pairs = 0;
  for (const [i, { fingerprint }] of molecules.entries()) {
    await giveWay();
    for (const other of molecules.slice(i + 1)) {
      sum += tanimoto(fingerprint, other.fingerprint);
      pairs++;
    }
  }
  return pairs === 0 ? 0 : 1 - sum / pairs;
}
