import { ACCEPTORS, ALERTS, ALIPHATIC_RING_ATOM, DESIRABILITIES, type Desirability } from './qed-parameters.js';
import type { Rdkit, RdkitMolecule } from './rdkit.js';

export type Qed = (molecule: RdkitMolecule) => number;

interface Graph {
  readonly atoms: readonly unknown[];
  readonly bonds?: readonly { readonly atoms: readonly [number, number] }[];
}

/**
 * QED (Bickerton et al., Nature Chemistry 4, 2012): the weighted geometric mean of the desirabilities of eight
 * properties, exp(Σ w ln d / Σ w), with the mean weights of the article.
 */
export function createQed(rdkit: Rdkit): Qed {
  const patternOf = (smarts: string): RdkitMolecule => {
    const pattern = rdkit.get_qmol(smarts);
    if (!pattern) throw new TypeError(`RDKit does not read the pattern ${smarts}`);
    return pattern;
  };
  const acceptors = ACCEPTORS.map(patternOf);
  const alerts = ALERTS.map(patternOf);
  const aliphatic = patternOf(ALIPHATIC_RING_ATOM);
  return (molecule) => {
    const { amw, CrippenClogP, NumHBD, tpsa, NumRotatableBonds } = JSON.parse(molecule.get_descriptors());
    const properties = {
      weight: amw,
      logP: CrippenClogP,
      acceptors: acceptors.reduce((sum, pattern) => sum + matches(molecule, pattern).length, 0),
      donors: NumHBD,
      polarArea: tpsa,
      rotatableBonds: NumRotatableBonds,
      aromaticRings: ringsWithout(molecule, new Set(matches(molecule, aliphatic).flat())),
      alerts: alerts.filter((pattern) => matches(molecule, pattern).length > 0).length,
    };
    return meanDesirability(properties);
  };
}

export type QedProperties = Readonly<Record<keyof typeof DESIRABILITIES, number>>;

export function meanDesirability(properties: QedProperties): number {
  let sum = 0;
  let total = 0;
  for (const [name, { weight, ...curve }] of Object.entries(DESIRABILITIES)) {
    sum += weight * Math.log(desirability(properties[name as keyof QedProperties], curve));
    total += weight;
  }
  return Math.exp(sum / total);
}

/** The article's asymmetric double sigmoid, as a share of its maximum. */
function desirability(x: number, { a, b, c, d, e, f, max }: Omit<Desirability, 'weight'>): number {
  const rise = 1 / (1 + Math.exp(-(x - c + d / 2) / e));
  const fall = 1 - 1 / (1 + Math.exp(-(x - c - d / 2) / f));
  return (a + b * rise * fall) / max;
}

/** The atoms of each match. */
function matches(molecule: RdkitMolecule, pattern: RdkitMolecule): number[][] {
  // Without a match it answers {}.
  const found: unknown = JSON.parse(molecule.get_substruct_matches(pattern));
  return Array.isArray(found) ? found.map(({ atoms }: { atoms: number[] }) => atoms) : [];
}

/** Independent rings of what is left without some atoms: bonds − atoms + parts. */
function ringsWithout(molecule: RdkitMolecule, removed: ReadonlySet<number>): number {
  const { molecules } = JSON.parse(molecule.get_json()) as { molecules: [Graph] };
  const [{ atoms, bonds = [] }] = molecules;
  const partOf = atoms.map((_, atom) => atom);
  const rootOf = (atom: number): number => {
    const parent = partOf[atom] ?? atom;
    return parent === atom ? atom : rootOf(parent);
  };
  let rings = 0;
  for (const {
    atoms: [from, to],
  } of bonds) {
    if (removed.has(from) || removed.has(to)) continue;
    const [first, second] = [rootOf(from), rootOf(to)];
    if (first === second) rings++;
    else partOf[first] = second;
  }
  return rings;
}
