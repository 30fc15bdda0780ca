import { RlpromptError } from '../errors.js';
import { createQed, type Qed } from './qed.js';
import { loadRdkit, type Rdkit, type RdkitMolecule } from './rdkit.js';

/** A molecule, read. */
export interface Molecule {
  /** As it was written. */
  readonly smiles: string;
  /** The same for all ways to write the molecule. */
  readonly canonical: string;
  /** Quantitative estimate of drug-likeness, (0, 1). */
  readonly qed: number;
  /** Morgan fingerprint of radius 2, 2,048 bits. */
  readonly fingerprint: Uint8Array;
}

const FINGERPRINT = JSON.stringify({ radius: 2, nBits: 2048 });

/** Reads SMILES by RDKit. */
export class Molecules {
  private constructor(
    private readonly rdkit: Rdkit,
    private readonly qed: Qed,
  ) {}

  /** @throws RlpromptError E_RDKIT_MISSING */
  static async open(): Promise<Molecules> {
    const rdkit = await loadRdkit();
    return new Molecules(rdkit, createQed(rdkit));
  }

  /** The molecule that a text spells; undefined where it spells none. */
  read(smiles: string): Molecule | undefined {
    return this.with(smiles, (molecule) => ({
      smiles,
      canonical: molecule.get_smiles(),
      qed: this.qed(molecule),
      fingerprint: molecule.get_morgan_fp_as_uint8array(FINGERPRINT).slice(),
    }));
  }

  canonical(smiles: string): string | undefined {
    return this.with(smiles, (molecule) => molecule.get_smiles());
  }

  /** A drawing as an SVG document. */
  draw(smiles: string, { width, height }: { width: number; height: number }): string | undefined {
    return this.with(smiles, (molecule) => molecule.get_svg(width, height));
  }

  /**
   * A molecule from a person.
   * @throws RlpromptError E_SMILES where the text spells none
   */
  parse(smiles: string): Molecule {
    const molecule = this.read(smiles);
    if (molecule) return molecule;
    throw new RlpromptError({
      code: 'E_SMILES',
      exit: 'data',
      message: `${JSON.stringify(smiles)} is not a molecule that RDKit can read`,
      next: 'check brackets, ring digits and valences',
    });
  }

  private with<Result>(smiles: string, use: (molecule: RdkitMolecule) => Result): Result | undefined {
    // RDKit reads what follows a space as a name, and nothing as a molecule without atoms.
    const molecule = smiles === '' || /\s/.test(smiles) ? null : this.rdkit.get_mol(smiles);
    if (!molecule) return undefined;
    try {
      return use(molecule);
    } finally {
      molecule.delete();
    }
  }
}

/** Each molecule once, by its canonical form, in the order of their first places. */
export function distinctMolecules(molecules: readonly Molecule[]): Molecule[] {
  return [...new Map(molecules.map((molecule) => [molecule.canonical, molecule])).values()];
}

/** Tanimoto similarity of two fingerprints: bits that both have by bits that either has; 0 where none has any. */
export function tanimoto(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    both += bitsOf(a[i]! & b[i]!);
    either += bitsOf(a[i]! | b[i]!);
  }
  return either === 0 ? 0 : both / either;
}

function bitsOf(byte: number): number {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count++;
  return count;
}
