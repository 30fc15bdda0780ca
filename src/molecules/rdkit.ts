import { RlpromptError } from '../errors.js';

/** A molecule in the memory of the WebAssembly module, which is freed by hand. */
export interface RdkitMolecule {
  get_smiles(): string;
  get_svg(width: number, height: number): string;
  get_morgan_fp_as_uint8array(details: string): Uint8Array;
  get_descriptors(): string;
  get_json(): string;
  get_substruct_matches(pattern: RdkitMolecule): string;
  delete(): void;
}

/** What this program uses of RDKit's MinimalLib. */
export interface Rdkit {
  version(): string;
  /** null for what is no molecule. */
  get_mol(smiles: string): RdkitMolecule | null;
  get_qmol(smarts: string): RdkitMolecule | null;
}

type Start = (options: { print: () => void; printErr: () => void }) => Promise<Rdkit>;

/** The package is optional, so the compiler must not look for it. */
const PACKAGE: string = '@rdkit/rdkit';
export const RDKIT_VERSION = '2026.9.1';

let rdkit: Promise<Rdkit> | undefined;

/**
 * RDKit, loaded on first use: 7 MB of WebAssembly from the package, nothing from the network. What it would print about
 * molecules it cannot read is dropped.
 *
 * @throws RlpromptError E_RDKIT_MISSING where the optional package is not installed or does not start
 */
export function loadRdkit(): Promise<Rdkit> {
  rdkit ??= startRdkit(() => import(PACKAGE));
  return rdkit;
}

/** @param load gives the package, whose default export starts it */
export async function startRdkit(load: () => Promise<{ readonly default: Start }>): Promise<Rdkit> {
  const silent = (): void => {};
  try {
    const { default: start } = await load();
    return await start({ print: silent, printErr: silent });
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_RDKIT_MISSING',
      exit: 'unavailable',
      message: `RDKit, which reads molecules, could not be loaded: ${cause instanceof Error ? cause.message : cause}`,
      next: `npm install ${PACKAGE}@${RDKIT_VERSION}`,
      cause,
    });
  }
}
